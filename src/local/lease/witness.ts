/**
 * A witness of regions' leases, at one address of its own. Holders ask it over TCP, one JSON object a line:
 * `{"do":"ask","region":"us-east-1"}` is answered by `{"granted":true}` or `{"granted":false}`, and anything else by
 * the end of the connection. Whom it has let in and whom not is on disk before it is answered, so that a crash
 * makes it forget nothing. The control plane commands it in its own process, by {@link Witness.command}.
 *
 * Not covered: a disk that forgets what it has synced, or a folder that is deleted while the system runs.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { type Socket, createServer } from "node:net";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { assert } from "../../base/error.ts";
import type { Ms } from "../../base/units.ts";
import { NEW_WITNESS, type WitnessState, admit, bar, grant, isBarred } from "../../control/lease.ts";
import type { Address } from "../address.ts";
import { onLine } from "./line.ts";

export interface WitnessConfig {
  /** A loopback address: nobody else is to ask. */
  readonly listen: Address;
  /** Its folder, absolute; what is in it outlives the process. */
  readonly directory: string;
  readonly leaseMs: Ms;
}

/** What the control plane tells a witness: a region is given up, may write again, or is only asked after. */
export interface WitnessCommand {
  readonly do: "bar" | "admit" | "look";
  readonly region: string;
}

/** What a witness says of a region. */
export interface WitnessAnswer {
  /** The region gets no lease any more, and the last that this witness granted it has run out. */
  readonly barred: boolean;
  /** Whom it let in last, whether or not that has run out. */
  readonly holder: string | null;
}

/** A running witness. */
export interface Witness {
  /** Does as it is told, and says what is so then. Throws where that could not be written down: it is not so then. */
  command(command: WitnessCommand): WitnessAnswer;
  /** Stops listening and resets what is open. */
  close(): void;
}

/** Starts a witness; rejects where its address cannot be listened at, or what it has written down cannot be read. */
export async function startWitness({ listen, directory, leaseMs }: WitnessConfig, clock: Clock): Promise<Witness> {
  assert(listen.host.startsWith("127."), `a witness listens on loopback, not at ${listen.host}`);
  const file = join(directory, "witness.json");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let state = recall(file, clock.now() + leaseMs);
  const change = (next: WitnessState): void => {
    // A lease that is only extended is not written down: after a crash its holder is given a full one.
    if (lasting(next) !== lasting(state)) save(file, lasting(next));
    state = next;
  };
  const ask = (region: string): boolean => {
    const { state: next, granted } = grant(state, { region, now: clock.now(), leaseMs });
    change(next);
    return granted;
  };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    onLine(socket, (line) => answer(socket, line, ask));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...listen }, resolve);
  });
  return {
    command({ do: what, region }) {
      if (what === "bar") change(bar(state, region));
      if (what === "admit") change(admit(state, region));
      return { barred: isBarred(state, region, clock.now()), holder: state.holder };
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function answer(socket: Socket, line: string, ask: (region: string) => boolean): void {
  try {
    socket.write(`${JSON.stringify({ granted: ask(regionIn(line)) })}\n`);
  } catch {
    // No request, or the disk takes nothing: whoever gets no answer has no lease.
    socket.destroy();
  }
}

function regionIn(line: string): string {
  const request: unknown = JSON.parse(line);
  const isRequest =
    typeof request === "object" &&
    request !== null &&
    Object.keys(request).length === 2 &&
    "do" in request &&
    request.do === "ask" &&
    "region" in request &&
    typeof request.region === "string";
  if (!isRequest) throw new Error(`not a request: ${line}`);
  return (request as { readonly region: string }).region;
}

/** What of a state must outlive the process. */
function lasting({ holder, barred }: WitnessState): string {
  return JSON.stringify({ holder, barred });
}

/** What was written down; its holder may have been granted a lease in the moment before the crash. */
function recall(file: string, until: Ms): WitnessState {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return NEW_WITNESS;
    throw error;
  }
  return { ...(JSON.parse(text) as Pick<WitnessState, "holder" | "barred">), until };
}

/** Replaces the file at once, and returns when the disk has it. It blocks, which is rare and takes milliseconds. */
function save(file: string, text: string): void {
  synced(`${file}.new`, "w", (descriptor) => writeSync(descriptor, text));
  renameSync(`${file}.new`, file);
  synced(join(file, ".."), "r"); // the folder, which now has the new name
}

function synced(path: string, flags: string, write: (descriptor: number) => void = () => undefined): void {
  const descriptor = openSync(path, flags, 0o600);
  try {
    write(descriptor);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
