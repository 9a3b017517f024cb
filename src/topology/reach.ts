import { resolve } from "node:path";
import type { Definition } from "../definition/validate.ts";
import { type Doors, doorsOf, wayIn } from "../definition/entry.ts";
import { answersRequests } from "./kind/service.ts";
import type { Component, Journey, Kind, Link } from "./topology.ts";

/** What takes a message and answers at once, whoever works it off later. */
const HAND_OFFS: ReadonlySet<Kind | undefined> = new Set<Kind>(["queue", "topic", "bus"]);

/**
 * Who talks to whom. `synchronous`: the caller waits, so it stops with what it calls. `asynchronous`: a hand-off
 * through a queue, topic or bus, which must take it; what works it off may come later. `replication`: the members of a
 * database or cache among themselves, and copies of one region in the other.
 */
export function linksOf(components: readonly Component[], regions: number): readonly Link[] {
  const kindOf = new Map(components.map(({ id, kind }) => [id, kind]));
  return components.flatMap((component): Link[] => {
    const { id: from } = component;
    const copies = isCopied(component, regions) ? [{ from, to: from, mode: "replication" } as const] : [];
    const calls = unique(calledBy(components, component)).map((to): Link => {
      const isLater = component.layer === "messaging" || HAND_OFFS.has(kindOf.get(to));
      return { from, to, mode: isLater ? "asynchronous" : "synchronous" };
    });
    return [...calls, ...copies];
  });
}

/** What a component calls, or hands what it has taken on to. */
function calledBy(components: readonly Component[], component: Component): readonly string[] {
  switch (component.kind) {
    case "edge":
      return component.settings.routes.map(({ service }) => service);
    case "http-api":
      return component.settings.routes.map(({ to }) => to);
    case "accelerator":
    case "schedule":
      return [component.settings.to];
    case "service":
    case "function":
      return component.settings.uses;
    case "queue":
      return workersOf(components, component.id);
    case "topic":
      return component.settings.subscribers;
    case "bus":
      return component.settings.rules.flatMap(({ to }) => to);
    default:
      return [];
  }
}

/** Whether what a component holds is copied from one of its instances to another. */
function isCopied(component: Component, regions: number): boolean {
  const { kind, settings } = component;
  if (kind === "database" || kind === "cache") return true;
  if (kind === "bucket") return regions > 1 && settings.replication === "other-region";
  if (kind === "file-system") return regions > 1 && settings.engine === "efs";
  return kind === "table" && regions > 1;
}

/** The services and functions that work off a queue. */
export function workersOf(components: readonly Component[], queue: string): readonly string[] {
  return components
    .filter(({ kind, settings }) => (kind === "service" || kind === "function") && settings.consumes === queue)
    .map(({ id }) => id);
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
    const entries = written
      ? requests.flatMap((request) => wayIn(doorsIn(definition), request) ?? [])
      : allEntries(definition);
    return {
      id,
      durability,
      write,
      read,
      module: module === null ? null : resolve(options.directory, module),
      weight,
      needs: unique([...(definition.edge === null ? [] : ["edge"]), ...needsOf(options.components, entries, written)]),
    };
  });
}

function doorsIn({ edge, httpApis, accelerators, services }: Definition): Doors {
  const http = Object.entries(services).flatMap(([id, service]) => (answersRequests(service) ? [id] : []));
  return { edge, httpApis, accelerators, http };
}

function allEntries(definition: Definition): readonly string[] {
  return definition.edge === null ? doorsOf(doorsIn(definition)) : Object.values(definition.edge.routes);
}

/**
 * All that is called before an answer, from these components on: what they use, and what that uses. Where the requests
 * are `known`, what an HTTP API leads them to is an entry itself, and its other routes are not needed.
 */
function needsOf(components: readonly Component[], entries: readonly string[], known: boolean): readonly string[] {
  const byId = new Map(components.map((component) => [component.id, component]));
  const found = new Set<string>();
  const open = [...entries];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    const component = byId.get(next);
    if (component === undefined || component.layer === "messaging") continue;
    if (component.kind === "http-api" && known) continue;
    open.push(...calledBy(components, component));
  }
  return components.filter(({ id }) => found.has(id)).map(({ id }) => id);
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
