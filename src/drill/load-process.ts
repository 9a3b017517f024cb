/**
 * The process that makes the load: customers of its own event loop, so that neither the runner nor the system can delay
 * an arrival without its being seen. Started by `load.ts` over Node's IPC; alone it does nothing. It ends when its
 * channel closes. Not covered: more arrivals than one event loop can make (its own delay is in the journal as
 * "event-loop").
 */
import { every, systemClock } from "../base/clock.ts";
import { monitorEventLoop } from "../base/event-loop.ts";
import { isUserError, messageOf } from "../base/error.ts";
import type { JournalEvent } from "../base/journal.ts";
import { DNS_ASKERS } from "../topology/region-spec.ts";
import { createHttpClient, hasOwnAddresses } from "./exchange.ts";
import { loadJourney } from "./journey.ts";
import type { FromLoad, JourneyAbility, LoadPlan, ToLoad } from "./load-message.ts";
import { type Home, type Resolver, createResolver } from "./resolve.ts";
import { type Traffic, createTraffic } from "./traffic.ts";

const FLUSH_MS = 50;

let batch: JournalEvent[] = [];
let traffic: Traffic | undefined;

const send = (message: FromLoad): void => void process.send?.(message);

function flush(): void {
  if (batch.length === 0) return;
  const events = batch;
  batch = [];
  send({ kind: "events", events });
}

async function open(plan: LoadPlan): Promise<readonly JourneyAbility[]> {
  const journeys = await Promise.all(plan.journeys.map(loadJourney));
  const ownAddresses = await hasOwnAddresses();
  const resolvers = resolversOf(plan.homes);
  const client = createHttpClient(plan.entry, resolvers, { ownAddresses });
  const emit = (event: JournalEvent): void => void batch.push(event);
  traffic = createTraffic({ plan, journeys, client, clock: systemClock, ownAddresses, emit });
  return journeys.map(({ journey, walk }) => ({
    id: journey.id,
    writes: walk.write !== undefined,
    reads: walk.read !== undefined,
    effects: walk.effects !== undefined,
  }));
}

/** Customers live near one region after the other; those near one have several providers, each with a resolver. */
function resolversOf(homes: readonly Home[]): Resolver[] {
  const providers = Array.from({ length: DNS_ASKERS.providers });
  return providers.flatMap(() => homes.map((home) => createResolver(home, systemClock)));
}

/** Each second, the longest that the event loop was late. */
function watchEventLoop(): void {
  const monitor = monitorEventLoop(systemClock);
  every(systemClock, 1_000, () => {
    batch.push({ kind: "event-loop", at: systemClock.now(), process: "load", maxDelayMs: monitor.takeMaxMs() });
  });
}

function start(traffic: Traffic): void {
  watchEventLoop();
  traffic.start();
}

async function answer(message: ToLoad): Promise<unknown> {
  if (message.name === "open") return open(message.ask);
  if (!traffic) throw new Error("the load was not opened");
  if (message.name === "start") start(traffic);
  if (message.name === "stop") await traffic.stop();
  if (message.name === "crowd") await traffic.crowd(message.ask);
  if (message.name === "forget") traffic.forget(message.ask);
  if (message.name === "look") return traffic.look(message.ask);
  if (message.name === "effects") return traffic.effects();
  return null;
}

process.on("message", (message: ToLoad) => {
  const { id } = message;
  void answer(message).then(
    (answer) => {
      flush();
      send({ kind: "answer", id, answer });
    },
    (error: unknown) => {
      const user = isUserError(error) ? { code: error.code, fix: error.fix } : {};
      send({ kind: "problem", id, message: messageOf(error), ...user });
    },
  );
});
process.on("disconnect", () => process.exit(0));
// A Ctrl-C goes to the whole terminal group: the runner decides when the load ends.
process.on("SIGINT", () => undefined);
every(systemClock, FLUSH_MS, flush);
