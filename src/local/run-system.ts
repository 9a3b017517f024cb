import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { systemClock } from "../base/clock.ts";
import type { Host } from "../base/host.ts";
import { PACES } from "../topology/timing.ts";
import { PORT, addressPlan } from "./address.ts";
import { serveControl } from "./control-api.ts";
import { readBackupKey } from "./backup/key.ts";
import { locateEngines } from "./engine/locate.ts";
import { EventHub } from "./event-hub.ts";
import { obstacleIn } from "./obstacle.ts";
import { planRegions } from "./plan.ts";
import { type Spawner, createSpawner } from "./process/child.ts";
import type { SupervisorConfig } from "./process/messages-supervisor.ts";
import { startTimeOf } from "./process/start-time.ts";
import { startWatchdog } from "./process/watchdog.ts";
import { inheritedEnvironment } from "./program.ts";
import { openSecrets } from "./secrets.ts";
import { preferredSlot, takeSlot } from "./slot.ts";
import { StateDirectory } from "./state-directory.ts";
import { Supervisor } from "./supervisor.ts";
import { makeTrust } from "./trust.ts";

/** A system that is up in this process. */
export interface RunningSystem {
  /** Drains and stops everything. May be called more than once. */
  stop(): Promise<void>;
  /** Resolves once it has stopped, by whomever. */
  readonly stopped: Promise<void>;
}

/**
 * Runs a system in this process: claims the state folder, takes a slot of addresses, starts everything and the control
 * API.
 * Resolves when all is healthy. Rejects with a `UserError` where something is in the way; nothing is left behind then.
 */
export async function runSystem(
  config: SupervisorConfig,
  host: Host,
  environment: NodeJS.ProcessEnv,
): Promise<RunningSystem> {
  mkdirSync(config.stateDirectory, { recursive: true, mode: 0o700 });
  const state = new StateDirectory(config.stateDirectory);
  const orphans = state.claim();
  if (orphans > 0) host.say({ level: "info", text: `ended ${orphans} processes that a killed supervisor left behind` });
  const engines = await locateEngines({
    stateDirectory: config.stateDirectory,
    host,
    ...(environment["PATH"] === undefined ? {} : { searchPath: environment["PATH"] }),
  });
  const { slot, server } = await takeSlot(preferredSlot(config.stateDirectory));
  const watchdog = startWatchdog();
  const plans = planRegions(config.topology, slot);
  const supervisor = new Supervisor({
    context: {
      topology: config.topology,
      pace: PACES[config.pace],
      clock: systemClock,
      host,
      events: new EventHub(),
      spawner: noting(createSpawner(watchdog), state),
      state,
    },
    plans,
    backupKey: config.backups?.key ? readBackupKey(config.backups.key) : null,
    keepsBackups: config.backups !== null,
    engines,
    secrets: openSecrets(state),
    trust: await makeTrust(plans, state, systemClock.now()),
    inherited: inheritedEnvironment(environment),
  });
  const { promise: stopped, resolve: onStopped } = Promise.withResolvers<void>();
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> =>
    (stopping ??= supervisor.stop().finally(() => {
      server.close();
      server.closeAllConnections();
      watchdog.close();
      state.release();
      onStopped();
    }));
  const token = randomBytes(24).toString("hex");
  const control = `${addressPlan(slot).global(2)}:${PORT.control}`;
  serveControl(server, { world: supervisor, host: control, token, stop: () => void stop() });
  try {
    await supervisor.start();
  } catch (error) {
    await stop().catch(() => undefined);
    throw obstacleIn(error) ?? error;
  }
  state.announce({
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? "",
    system: config.topology.system,
    config: config.config,
    pace: config.pace,
    control: `http://${control}`,
    token,
  });
  return { stop, stopped };
}

/** Notes every child on disk, so that the next `up` can end it if this process and its watchdog are both killed. */
function noting(spawner: Spawner, state: StateDirectory): Spawner {
  return {
    async spawn(command) {
      const child = await spawner.spawn(command);
      state.noteChild(child.pid);
      return child;
    },
  };
}
