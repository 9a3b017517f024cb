import { type Fact, type Setting, assumed, documented, setting } from "./fact.ts";

const DOCS = "https://docs.aws.amazon.com";
const GIB = 1_024; // sizes are MiB where a service counts in them

const fargateSizes = `${DOCS}/AmazonECS/latest/developerguide/task-cpu-memory-error.html`;

/** What a Fargate task may be: thousandths of a processor, and the memory (MiB) that goes with it, in steps. */
export interface FargateSize {
  readonly cpuMillis: Fact<number>;
  readonly memoryMiB: Setting;
  readonly stepMiB: Fact<number>;
}

function fargate(cpuMillis: number, [min, max, step]: readonly [number, number, number]): FargateSize {
  const count = (value: number): Fact<number> => documented(value, "count", fargateSizes);
  return {
    cpuMillis: count(cpuMillis),
    memoryMiB: setting(count(min * GIB), min * GIB, max * GIB),
    stepMiB: count(step * GIB),
  };
}

/** The pairs of processor and memory that Fargate takes; the first one goes from half a GiB to one, and on. */
export const FARGATE_SIZES: readonly FargateSize[] = [
  fargate(250, [0.5, 2, 1]),
  fargate(500, [1, 4, 1]),
  fargate(1_000, [2, 8, 1]),
  fargate(2_000, [4, 16, 1]),
  fargate(4_000, [8, 30, 1]),
  fargate(8_000, [16, 60, 4]),
  fargate(16_000, [32, 120, 8]),
];

/** Whether Fargate takes a task of this size. */
export function isFargateSize(cpuMillis: number, memoryMiB: number): boolean {
  const size = FARGATE_SIZES.find((each) => each.cpuMillis.value === cpuMillis);
  if (size === undefined || memoryMiB < size.memoryMiB.min || memoryMiB > size.memoryMiB.max) return false;
  return memoryMiB === size.memoryMiB.min || memoryMiB % size.stepMiB.value === 0;
}

const instanceTypes = `${DOCS}/ec2/latest/instancetypes/instance-type-names.html`;

/** GiB to each processor in every size of EC2's compute, general and memory families. */
export const INSTANCE_FAMILIES: Readonly<Record<string, Fact<number>>> = {
  c: documented(2, "count", instanceTypes),
  m: documented(4, "count", instanceTypes),
  r: documented(8, "count", instanceTypes),
};

/** Processors by size; `<n>xlarge` has `n` times as many as `xlarge`. */
export const INSTANCE_SIZES: Readonly<Record<string, Fact<number>>> = {
  medium: documented(1, "count", instanceTypes),
  large: documented(2, "count", instanceTypes),
  xlarge: documented(4, "count", instanceTypes),
};

/** What an instance type has; undefined where its name does not tell. */
export function instanceSize(type: string): { readonly cpuMillis: number; readonly memoryMiB: number } | undefined {
  const [, family = "", times = "1", size = ""] = /^([cmr])\d[a-z]*\.(\d*)(medium|large|xlarge)$/.exec(type) ?? [];
  const [cpus, gibPerCpu] = [INSTANCE_SIZES[size]?.value, INSTANCE_FAMILIES[family]?.value];
  if (cpus === undefined || gibPerCpu === undefined) return undefined;
  const all = cpus * Number(times === "" ? 1 : times);
  return { cpuMillis: 1_000 * all, memoryMiB: GIB * gibPerCpu * all };
}

const rdsStorage = `${DOCS}/AmazonRDS/latest/UserGuide/CHAP_Storage.html`;
const ebsVolume = `${DOCS}/ebs/latest/userguide/general-purpose.html`;
const fsxCapacity = `${DOCS}/fsx/latest/APIReference/API_CreateFileSystem.html`;

function gib(value: number, url: string, [min, max]: readonly [number, number], note: string): Setting {
  return setting(assumed(value, "count", url, note), min, max);
}

/** Sizes of storage, in GiB: ours where it is left out, and what AWS takes. */
export const STORAGE = {
  database: gib(100, rdsStorage, [20, 65_536], "AWS has no default; it grows by itself from there"),
  volume: gib(20, ebsVolume, [1, 16_384], "AWS has no default; gp3 takes as much as this"),
  windows: gib(100, fsxCapacity, [32, 65_536], "AWS has no default; on solid state disks"),
  lustre: gib(1_200, fsxCapacity, [1_200, 100_800], "the smallest; then 2,400 and its multiples"),
  lustreStep: documented(2_400, "count", fsxCapacity),
} as const;
