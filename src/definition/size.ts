import type { Problem } from "../base/error.ts";
import { type Size, formatSize } from "../base/units.ts";
import { FARGATE_SIZES, instanceSize, isFargateSize } from "../facts/size.ts";
import { type Reader, mapped, oneOf, orNull, shape, size, text } from "./schema.ts";
import { problem, show } from "./wording.ts";

/** What carries the tasks of a service on AWS; on a laptop they are processes, whatever this says. */
export type Platform = "fargate" | "ec2" | "eks";

/**
 * What one task has. Fargate takes certain pairs only; twice as many GiB as processors is always one of them.
 *
 * @example
 * size: { cpu: 0.5, memory: "1 GiB" }
 */
export interface TaskSize {
  /** Processors (vCPU). @default 0.5 */
  readonly cpu?: 0.25 | 0.5 | 1 | 2 | 4 | 8 | 16;
  /** @default twice as many GiB as `cpu` */
  readonly memory?: Size;
  /** The type of the EC2 instances that carry the tasks, on the platforms that have any. @default "m7g.large" */
  readonly instance?: string;
}

/** A task's size as a definition has it. */
export interface TaskSizeDefinition {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly instance: string;
}

const CPU_MILLIS = 500;
const INSTANCE = "m7g.large";
/** An instance keeps this share of its memory for its system and its agents. */
const KEPT_SHARE = 0.1;

const readCpu = mapped(oneOf(0.25, 0.5, 1, 2, 4, 8, 16), (cpus) => 1_000 * cpus);

const readInstance = text({
  max: 32,
  pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
  form: 'an instance type such as "m7g.large"',
});

const fields = {
  cpu: orNull(readCpu),
  memory: orNull(size({ min: 128, max: 122_880 })),
  instance: orNull(readInstance),
};

/** Reads the size of a task, which must be one that the platform takes. */
export function readTaskSize(platform: Platform): Reader<TaskSizeDefinition> {
  const checked = shape(fields, (found, at, problems) => {
    const { cpu, memory, instance } = found;
    if (cpu === undefined || memory === undefined || instance === undefined) return;
    const whole = complete({ cpu, memory, instance });
    if (platform === "fargate") checkFargate(whole, { at, instance }, problems);
    else checkInstance(whole, at, problems);
  });
  return mapped(checked, complete);
}

type Found = { readonly cpu: number | null; readonly memory: number | null; readonly instance: string | null };

function complete({ cpu, memory, instance }: Found): TaskSizeDefinition {
  const cpuMillis = cpu ?? CPU_MILLIS;
  return { cpuMillis, memoryMiB: memory ?? (2 * 1_024 * cpuMillis) / 1_000, instance: instance ?? INSTANCE };
}

function checkFargate(
  { cpuMillis, memoryMiB }: TaskSizeDefinition,
  { at, instance }: { at: string; instance: string | null },
  problems: Problem[],
): void {
  if (instance !== null) {
    const message = `"instance" (${instance}) is for tasks on instances, and fargate has none`;
    problems.push(problem("DEF-011", `${at}.instance`, message, 'remove it, or write platform: "ec2"'));
  }
  const legal = FARGATE_SIZES.find((each) => each.cpuMillis.value === cpuMillis);
  if (legal === undefined || isFargateSize(cpuMillis, memoryMiB)) return;
  const [min, max, step] = [legal.memoryMiB.min, legal.memoryMiB.max, legal.stepMiB.value].map(formatSize);
  const message = `fargate has no task with ${cpuMillis / 1_000} vCPU and ${formatSize(memoryMiB)}`;
  problems.push(problem("DEF-011", `${at}.memory`, message, `write ${min} to ${max}, in steps of ${step}`));
}

function checkInstance({ cpuMillis, memoryMiB, instance }: TaskSizeDefinition, at: string, problems: Problem[]): void {
  const has = instanceSize(instance);
  if (has === undefined || (cpuMillis <= has.cpuMillis && memoryMiB <= has.memoryMiB * (1 - KEPT_SHARE))) return;
  const [task, type] = [
    { cpuMillis, memoryMiB },
    { cpuMillis: has.cpuMillis, memoryMiB: has.memoryMiB },
  ].map((each) => `${each.cpuMillis / 1_000} vCPU and ${formatSize(each.memoryMiB)}`);
  const message = `a task (${task}) does not fit into ${show(instance)} (${type}, a tenth of it for its system)`;
  problems.push(problem("DEF-011", at, message, 'write a larger "instance", or a smaller task'));
}
