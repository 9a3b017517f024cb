import { fileURLToPath } from "node:url";
import { UserError, messageOf } from "../base/error.ts";
import type { Host } from "../base/host.ts";
import type { Topology } from "../topology/topology.ts";
import type { PaceName } from "../topology/timing.ts";
import { type WorldClient, connectWorld } from "./client.ts";
import type { RunCode } from "./codes.ts";
import { refuseUnsupported } from "./not-supported.ts";
import { type Child, createSpawner } from "./process/child.ts";
import { type Connection, connect } from "./process/ipc.ts";
import type { SupervisorProtocol } from "./process/messages-supervisor.ts";
import { nodeCommand } from "./process/node-command.ts";
import { StateDirectory } from "./state-directory.ts";

/** Which system to run, and where it keeps its state. */
export interface SystemOnDisk {
  readonly topology: Topology;
  /** Path of the definition. */
  readonly config: string;
  readonly stateDirectory: string;
  /** Null: no backups are taken. `key`: what they are encrypted with, in hexadecimal. */
  readonly backups: { readonly key: string | null } | null;
}

/** A system in a process of its own. */
export interface StartedSystem {
  /** Drains and stops it, unless it was running before. */
  close(): Promise<void>;
  /** Resolves when its supervisor is gone, with how. */
  readonly exited: Promise<string>;
  /** Lets go of it: it runs on. */
  release(): void;
}

/** A started or found system and the way to talk to it. */
export interface OpenWorld extends Pick<StartedSystem, "close"> {
  readonly world: WorldClient;
}

/**
 * Starts `system` in a process of its own; resolves when it is healthy. Rejects with the supervisor's own `UserError`.
 */
export async function startSystem(
  system: SystemOnDisk,
  options: { pace: PaceName; detach: boolean; host: Host },
): Promise<StartedSystem> {
  refuseUnsupported(system.topology);
  const state = new StateDirectory(system.stateDirectory);
  const entry = fileURLToPath(new URL("./process/supervisor.ts", import.meta.url));
  const unguarded = { add: () => undefined, remove: () => undefined };
  const command = nodeCommand({ name: "supervisor", entry, logFile: state.logFile("supervisor"), cwd: process.cwd() });
  const child = await createSpawner(unguarded).spawn(command);
  const connection = connect<SupervisorProtocol>(child);
  let problem: SupervisorProtocol["events"]["problem"] | null = null;
  connection.onMessage("say", (message) => options.host.say(message));
  connection.onMessage("problem", (told) => {
    problem = told;
  });
  try {
    const { topology, config, stateDirectory, backups } = system;
    await connection.configure({
      topology,
      config,
      stateDirectory,
      backups,
      pace: options.pace,
      detach: options.detach,
    });
  } catch (error) {
    throw failure(problem, error, state);
  }
  return { exited: child.exited, release: () => release(child), close: () => close(child, connection) };
}

/** Uses the system that runs on this state folder, or starts one that `close` stops again. */
export async function openWorld(system: SystemOnDisk, options: { pace: PaceName; host: Host }): Promise<OpenWorld> {
  const state = new StateDirectory(system.stateDirectory);
  const running = state.running();
  if (running !== undefined) {
    const world = await connectWorld(running);
    if (JSON.stringify(world.topology) !== JSON.stringify(system.topology)) {
      world.close();
      throw new UserError({
        code: "RUN-007" satisfies RunCode,
        message: `what runs from ${state.path} is not what ${system.config} defines now`,
        fix: "run `holdfast down` first, so that the present definition is started",
      });
    }
    options.host.say({ level: "info", text: `using "${running.system}", which is already running` });
    return { world, close: async () => world.close() };
  }
  const started = await startSystem(system, { ...options, detach: false });
  const record = state.running();
  if (record === undefined) throw gone(state);
  const world = await connectWorld(record);
  return {
    world,
    async close() {
      world.close();
      await started.close();
    },
  };
}

/** The system that runs on a state folder. Rejects with RUN-002 where none does. */
export async function findWorld(stateDirectory: string): Promise<WorldClient> {
  const state = new StateDirectory(stateDirectory);
  const record = state.running();
  if (record === undefined) throw gone(state);
  return connectWorld(record);
}

function gone(state: StateDirectory): UserError {
  return new UserError({
    code: "RUN-002" satisfies RunCode,
    message: `nothing runs from ${state.path}`,
    fix: "run `holdfast up`",
  });
}

async function close(child: Child, connection: Connection<SupervisorProtocol>): Promise<void> {
  await connection.request("stop", null).catch(() => undefined);
  await child.exited;
}

function release(child: Child): void {
  child.handle.disconnect();
  child.handle.unref();
}

function failure(
  problem: { code: string; message: string; fix: string } | null,
  error: unknown,
  state: StateDirectory,
): unknown {
  if (problem !== null) return new UserError(problem);
  return new UserError({
    code: "RUN-006" satisfies RunCode,
    message: messageOf(error),
    fix: `read ${state.logFile("supervisor")}`,
    cause: error,
  });
}
