import type { Host } from "../../base/host.ts";
import type { Topology } from "../../topology/topology.ts";
import type { Aws } from "./aws.ts";
import { isAwsError, isSilence } from "./refusal.ts";

/** What a system is called at AWS: the beginning of its names, and of its parameters. */
export interface Target {
  readonly system: string;
  readonly stage: "production" | "dev";
  readonly regions: readonly string[];
}

/** The system of a topology, as deploy and failover need to know it. */
export function targetOf({ system, shipping, regions }: Topology): Target {
  return { system, stage: shipping.stage, regions: regions.map(({ name }) => name) };
}

/** Where the region that serves is written down, in every region of a system. */
export function activeParameter({ system, stage }: Target): string {
  return `/${system}/${stage}/active-region`;
}

/** Which region serves, as it was written down in a region, and when. */
export interface Note {
  readonly region: string;
  readonly at: number;
}

/**
 * The region that serves now, so that a deploy after a failover scales nothing down that customers are on. Where the
 * databases' writer is decides; else the newest note among the regions' parameters; else the first region, as for a
 * system that was never deployed. A region whose API does not answer is passed over with a warning.
 */
export async function readActiveRegion(aws: Aws, target: Target, host: Host): Promise<string> {
  const found = await Promise.all(target.regions.map((region) => readRegion(aws, target, region)));
  for (const { region, silent } of found) {
    if (silent !== null) host.say({ level: "warning", about: region, text: `does not answer: ${silent}` });
  }
  const answered = found.filter(({ silent }) => silent === null);
  // With no region left that answers, the first one's error says more than a guess.
  if (answered.length === 0) throw found[0]!.error;
  const notes = answered.flatMap(({ note }) => note ?? []).toSorted((a, b) => b.at - a.at);
  const noted = notes.find(({ region }) => target.regions.includes(region))?.region;
  const writers = new Set(answered.flatMap(({ writers: regions }) => regions));
  const [writer] = writers;
  if (writers.size > 1) {
    host.say({
      level: "warning",
      text: `databases have their writers in different regions: ${[...writers].join(", ")}`,
    });
  }
  if (writers.size === 1 && writer !== undefined) {
    if (noted !== undefined && noted !== writer) {
      host.say({
        level: "warning",
        text: `${noted} is noted as active, but ${writer} has the writer, and that counts`,
      });
    }
    return writer;
  }
  return noted ?? target.regions[0]!;
}

/**
 * The region that was noted last as the one that serves; the first one where none is. A failover notes it at its
 * end, so
 * one that was interrupted and is started again goes on in the same direction. Regions that do not answer are passed
 * over.
 */
export async function readNotedRegion(aws: Aws, target: Target): Promise<string> {
  const notes = await Promise.all(
    target.regions.map((region) =>
      readNote(aws, target, region).catch((error: unknown) => {
        if (isSilence(error)) return null;
        throw error;
      }),
    ),
  );
  const [latest] = notes.filter((note) => note !== null).toSorted((a, b) => b.at - a.at);
  return latest?.region ?? target.regions[0]!;
}

interface RegionFound {
  readonly region: string;
  readonly note: Note | null;
  readonly writers: readonly string[];
  /** Why it could not be asked; null where it answered. */
  readonly silent: string | null;
  readonly error: unknown;
}

async function readRegion(aws: Aws, target: Target, region: string): Promise<RegionFound> {
  try {
    const [note, writers] = await Promise.all([readNote(aws, target, region), readWriters(aws, target, region)]);
    return { region, note, writers, silent: null, error: null };
  } catch (error) {
    if (!isSilence(error)) throw error;
    return { region, note: null, writers: [], silent: error instanceof Error ? error.name : "error", error };
  }
}

/** What is written down in `region`; null where nothing is. Rejects where it does not answer. */
export async function readNote(aws: Aws, target: Target, region: string): Promise<Note | null> {
  const ssm = await aws.parameters(region);
  try {
    const { Parameter } = await ssm.getParameter({ Name: activeParameter(target) });
    if (Parameter?.Value === undefined) return null;
    return { region: Parameter.Value, at: Parameter.LastModifiedDate?.getTime() ?? 0 };
  } catch (error) {
    if (isAwsError(error, /ParameterNotFound/)) return null;
    throw error;
  }
}

/**
 * Regions that have the writer of a global database of this system which the other region follows. One that nobody
 * follows says nothing of who serves: with backup-restore, what was restored in the other region is not a part of it.
 */
async function readWriters(aws: Aws, target: Target, region: string): Promise<readonly string[]> {
  if (target.regions.length < 2) return [];
  const { GlobalClusters = [] } = await (await aws.databases(region)).describeGlobalClusters({});
  return GlobalClusters.filter(
    ({ GlobalClusterIdentifier: id, GlobalClusterMembers: members = [] }) =>
      id?.startsWith(`${target.system}-${target.stage}-`) && members.length > 1,
  ).flatMap(({ GlobalClusterMembers = [] }) =>
    GlobalClusterMembers.filter(({ IsWriter }) => IsWriter === true).flatMap(
      ({ DBClusterArn }) => DBClusterArn?.split(":")[3] ?? [],
    ),
  );
}

/** Writes down, in each of `regions`, which region serves; one that does not answer is left, with a warning. */
export async function writeActiveRegion(
  aws: Aws,
  target: Target,
  { active, regions, host }: { active: string; regions: readonly string[]; host: Host },
): Promise<void> {
  for (const region of regions) {
    const ssm = await aws.parameters(region);
    const Name = activeParameter(target);
    const Description = "The region that serves customers; written by holdfast deploy and failover";
    try {
      await ssm.putParameter({ Name, Value: active, Type: "String", Overwrite: true, Description });
    } catch (error) {
      if (regions.length === 1 || !isSilence(error)) throw error;
      host.say({ level: "warning", about: region, text: `does not answer; ${active} is not noted there as active` });
    }
  }
}

/**
 * Which part of a system a stack is, from its name. @example partOf(shop, "shop-production-data-us-east-1") //
 * "data"
 */
export function partOf({ system, stage }: { readonly system: string; readonly stage: string }, stack: string): string {
  return stack.slice(`${system}-${stage}-`.length).split("-")[0] ?? "";
}
