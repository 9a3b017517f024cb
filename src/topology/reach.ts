import { resolve } from "node:path";
import type { Definition } from "../definition/validate.ts";
import { routeFor } from "../definition/route.ts";
import type { Component, Journey, JourneyRequest, Link, ServiceComponent } from "./topology.ts";

/**
 * Who talks to whom. `synchronous`: the caller waits, so it stops with what it calls. `asynchronous`: a hand-off
 * through a queue; the queue must take it, what works it off may come later. `replication`: the members of a database
 * or cache, among themselves.
 */
export function linksOf(components: readonly Component[]): readonly Link[] {
  const kindOf = new Map(components.map(({ id, kind }) => [id, kind]));
  return components.flatMap((component): Link[] => {
    const { id: from, kind } = component;
    if (kind === "edge")
      return unique(component.settings.routes.map(({ service }) => service)).map((to) => ({
        from,
        to,
        mode: "synchronous",
      }));
    if (kind === "database" || kind === "cache") return [{ from, to: from, mode: "replication" }];
    if (kind === "queue") return workersOf(components, from).map((to) => ({ from, to, mode: "asynchronous" }));
    return component.settings.uses.map((to) => ({
      from,
      to,
      mode: kindOf.get(to) === "queue" ? "asynchronous" : "synchronous",
    }));
  });
}

/** The services that work off a queue. */
export function workersOf(components: readonly Component[], queue: string): readonly string[] {
  return components.filter((each) => each.kind === "service" && each.settings.consumes === queue).map(({ id }) => id);
}

/**
 * The journeys, each with all that its requests may reach before they are answered. A definition says what a service
 * uses, not for which request: so each request of a service is held to need all of it, and what a module does by itself
 * all that the edge leads to. What lies behind a queue is not needed for an answer.
 */
export function compileJourneys(
  definition: Definition,
  options: { readonly components: readonly Component[]; readonly directory: string },
): readonly Journey[] {
  return Object.entries(definition.journeys).map(([id, journey]) => {
    const { write, read, module, durability, weight } = journey;
    const requests = [write, read].filter((request) => request !== null);
    const written = module === null || requests.length === 2; // else the module makes requests that nobody knows of
    const entries = written ? requests.flatMap((request) => entryOf(definition, request)) : allEntries(definition);
    return {
      id,
      durability,
      write,
      read,
      module: module === null ? null : resolve(options.directory, module),
      weight,
      needs: unique([...(definition.edge === null ? [] : ["edge"]), ...needsOf(options.components, entries)]),
    };
  });
}

/** The service that answers a request; none where the site does. */
function entryOf(definition: Definition, request: JourneyRequest): readonly string[] {
  if (definition.edge === null) return allEntries(definition);
  const service = routeFor(definition.edge.routes, request.path);
  return service === undefined ? [] : [service];
}

function allEntries({ edge, services }: Definition): readonly string[] {
  if (edge !== null) return Object.values(edge.routes);
  return Object.keys(services).filter((id) => services[id]?.consumes === null);
}

/** All that is called before an answer, from these services on: what they use, and what that uses. */
function needsOf(components: readonly Component[], entries: readonly string[]): readonly string[] {
  const services = new Map(
    components
      .filter((each): each is ServiceComponent => each.kind === "service")
      .map((service) => [service.id, service]),
  );
  const found = new Set<string>();
  const open = [...entries];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(services.get(next)?.settings.uses ?? []));
  }
  return components.filter(({ id }) => found.has(id)).map(({ id }) => id);
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
