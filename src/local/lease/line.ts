import type { Socket } from "node:net";

/** No request of a witness's, and no answer, comes near it: who sends more is no holder of a lease. */
const MOST_BYTES = 1024;

/** Calls `hear` with each line that comes over `socket`; one that is longer than a KiB ends the connection. */
export function onLine(socket: Socket, hear: (line: string) => void): void {
  let pending = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = (pending + chunk).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      if (Buffer.byteLength(line) > MOST_BYTES) return void socket.destroy();
      hear(line);
    }
    if (Buffer.byteLength(pending) > MOST_BYTES) socket.destroy();
  });
}
