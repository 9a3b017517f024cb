import { fileURLToPath } from "node:url";
import type { Zone } from "../topology/topology.ts";
import type { Child, Spawner } from "./process/child.ts";
import { type Connection, connect } from "./process/ipc.ts";
import type { ZoneConfig, ZoneProtocol } from "./process/messages-zone.ts";
import { nodeCommand } from "./process/node-command.ts";

/** What a zone's process needs to start, and to be started again after a power loss. */
export interface ZoneSetup {
  readonly zone: Zone;
  readonly spawner: Spawner;
  readonly logFile: string;
  readonly cwd: string;
  config(): ZoneConfig;
  /** Called each time its process is ready, before any traffic is let in: orders are given here. */
  onReady(connection: Connection<ZoneProtocol>): Promise<void>;
  /** Called when its process has gone without having been told to. */
  onLost(how: string): void;
}

/** The supervisor's hold on one zone: its process, and whether it has power. */
export class ZoneHandle {
  readonly zone: Zone;
  readonly #setup: ZoneSetup;
  #child: Child | null = null;
  #connection: Connection<ZoneProtocol> | null = null;
  #powered = true;

  constructor(setup: ZoneSetup) {
    this.zone = setup.zone;
    this.#setup = setup;
  }

  get powered(): boolean {
    return this.#powered;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** The way to talk to it; null while it is down. */
  get connection(): Connection<ZoneProtocol> | null {
    return this.#connection;
  }

  /** Starts the zone's process and waits until its listeners are open. */
  async start(): Promise<void> {
    this.#powered = true;
    const { spawner, logFile, cwd } = this.#setup;
    const entry = fileURLToPath(new URL("./process/zone.ts", import.meta.url));
    const child = await spawner.spawn(nodeCommand({ name: `zone ${this.zone.name}`, entry, logFile, cwd }));
    this.#child = child;
    const connection = connect<ZoneProtocol>(child);
    void child.exited.then((how) => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#connection = null;
      if (this.#powered) this.#setup.onLost(how);
    });
    await connection.configure(this.#setup.config());
    this.#connection = connection;
    await this.#setup.onReady(connection);
  }

  /** Takes the power: the process is killed at once. What else the zone holds is the caller's to kill. */
  powerOff(): void {
    this.#powered = false;
    this.#child?.signal("SIGKILL");
    this.#connection = null;
  }

  async stop(): Promise<void> {
    this.#powered = false;
    await this.#child?.stop(1_000);
  }
}
