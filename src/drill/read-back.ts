import type { Ms } from "../base/units.ts";
import type { Look } from "./load-message.ts";
import type { Rig, Session } from "./rig.ts";

/**
 * After the queues are empty, what is still absent has this long to become visible (a replica may be a moment behind).
 */
const GRACE_MS = 1_000;
const PAUSE_MS = 100;
/**
 * A key that is not there, or gives no answer, is looked at so often before that counts, whatever the deadline says: on
 * a busy machine one look at all keys can take longer than the deadline allows.
 */
const LEAST_LOOKS = 3;

/** Keys with whether each was acknowledged: only those must be there. */
type Keys = readonly { readonly key: string; readonly acknowledged: boolean }[];

/**
 * The ledger's check: waits until the queues are empty, reads back every write of every journey through the public
 * endpoint, the acknowledged ones again and again until they are there or the deadline has passed, and then once more
 * from each surviving replica of each component that the journey reads. Writes the journal's read-backs, queues,
 * divergences and conservation.
 */
export async function checkLedger(
  rig: Rig,
  session: Session,
  booksBefore: Readonly<Record<string, number | null>>,
): Promise<void> {
  const { world, clock, budgets } = session;
  const deadline = clock.now() + budgets.visibleMs;
  const drained = await drainQueues(session, deadline);
  const absent: Look[] = [];
  const until = drained ? Math.min(deadline, clock.now() + GRACE_MS) : deadline;
  for (const { id } of world.topology.journeys) {
    const keys = keysOf(rig, id);
    const looks = await lookUntilPresent(rig, session, { keys, absentUntil: until, unknownUntil: deadline });
    recordLooks(rig, session, { journey: id, replica: null, looks });
    absent.push(...looks.filter(({ outcome }) => outcome === "absent"));
  }
  await recordQueues(rig, session);
  await lookAtReplicas(rig, session);
  await recordBooks(rig, session, { before: booksBefore, absent });
}

function keysOf({ live, load }: Rig, journey: string): Keys {
  if (!load.abilities.some(({ id, writes, reads }) => id === journey && writes && reads)) return [];
  return live.writes(journey).map(({ key, outcome }) => ({ key, acknowledged: outcome === "ok" }));
}

/**
 * Waits until the queues are empty; false where they were not before the deadline. Only then has everything been worked
 * off.
 */
export async function drainQueues({ world, clock, signal }: Session, deadline: Ms): Promise<boolean> {
  for (;;) {
    const depths = await world.queueDepths();
    if (depths.every(({ pending }) => pending === 0)) return true;
    if (clock.now() >= deadline) return false;
    await clock.sleep(PAUSE_MS, signal);
  }
}

interface Patience {
  readonly keys: Keys;
  /** How long an acknowledged write may be absent. */
  readonly absentUntil: Ms;
  /** How long an answer may fail to come. */
  readonly unknownUntil: Ms;
}

async function lookUntilPresent(
  { load }: Rig,
  { clock, signal }: Session,
  patience: Patience,
): Promise<readonly Look[]> {
  const { keys, absentUntil, unknownUntil } = patience;
  const acknowledged = new Set(keys.filter((each) => each.acknowledged).map(({ key }) => key));
  const last = new Map<string, Look>();
  if (keys.length === 0) return [];
  let open: readonly string[] = keys.map(({ key }) => key);
  for (let looks = 1; ; looks += 1) {
    for (const look of await load.ask("look", open)) last.set(look.key, look);
    const now = looks < LEAST_LOOKS ? Number.NEGATIVE_INFINITY : clock.now();
    open = [...last.values()]
      .filter(
        ({ key, outcome }) =>
          (outcome === "absent" && acknowledged.has(key) && now < absentUntil) ||
          (outcome === "unknown" && now < unknownUntil),
      )
      .map(({ key }) => key);
    if (open.length === 0) return [...last.values()];
    await clock.sleep(PAUSE_MS, signal);
  }
}

function recordLooks(
  rig: Rig,
  { clock }: Session,
  seen: { journey: string; replica: string | null; looks: readonly Look[] },
): void {
  const { journey, replica, looks } = seen;
  for (const { key, outcome, applied } of looks) {
    rig.record({ kind: "read-back", at: clock.now(), journey, key, replica, outcome, applied });
  }
}

/** Journals how full the queues are. */
export async function recordQueues(rig: Rig, { world, clock }: Session): Promise<void> {
  for (const { queue, pending, stranded, redelivered } of await world.queueDepths()) {
    rig.record({ kind: "queue", at: clock.now(), queue, pending, stranded, redelivered: redelivered ?? null });
  }
}

async function lookAtReplicas(rig: Rig, session: Session): Promise<void> {
  const { world, clock } = session;
  const stateful = world.topology.components.filter(({ layer }) => layer === "data").map(({ id }) => id);
  for (const component of stateful) {
    const checksums = await world.checksums(component);
    if (Object.keys(checksums).length > 0)
      rig.record({ kind: "divergence", at: clock.now(), component, checksums, rows: null });
    const replicas = await world.replicas(component);
    try {
      for (const replica of replicas) {
        await world.pinReader(component, replica);
        await lookAtReplica(rig, session, { component, replica });
      }
    } finally {
      if (replicas.length > 0) await world.pinReader(component, null);
    }
  }
}

async function lookAtReplica(rig: Rig, session: Session, at: { component: string; replica: string }): Promise<void> {
  const { world, clock } = session;
  for (const { id } of world.topology.journeys.filter(({ needs }) => needs.includes(at.component))) {
    const keys = keysOf(rig, id).filter(({ acknowledged }) => acknowledged);
    const soon = clock.now() + GRACE_MS;
    const looks = await lookUntilPresent(rig, session, { keys, absentUntil: soon, unknownUntil: soon });
    recordLooks(rig, session, { journey: id, replica: at.replica, looks });
  }
}

async function recordBooks(
  rig: Rig,
  { clock }: Session,
  { before, absent }: { before: Readonly<Record<string, number | null>>; absent: readonly Look[] },
): Promise<void> {
  const after = await rig.load.ask("effects", null);
  // A write that nobody acknowledged can be on its way when its key is looked at, and in the books a little later.
  const late = await rig.load.ask(
    "look",
    absent.map(({ key }) => key),
  );
  const lateKeys = new Set(late.flatMap(({ key, outcome }) => (outcome === "present" ? [key] : [])));
  for (const [journey, now] of Object.entries(after)) {
    const was = before[journey] ?? null;
    const applied = now === null || was === null ? null : now - was;
    const expected = rig.live.present(journey);
    const lateHere = rig.live.writes(journey).filter(({ key }) => lateKeys.has(key)).length;
    const expectedAtMost = expected + lateHere;
    rig.record({ kind: "conservation", at: clock.now(), journey, expected, expectedAtMost, applied });
  }
}
