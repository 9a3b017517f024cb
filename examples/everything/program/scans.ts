import { createServer } from "node:net";

/** Takes a line a scan and answers each. */
const server = createServer((socket) => {
  socket.setEncoding("utf8").on("data", (lines: string) => socket.write(lines.replaceAll(/[^\n]+/g, "ok")));
  socket.on("error", () => socket.destroy()); // a scanner that went out of reach
});
server.listen(Number(process.env["PORT"] ?? 7000), process.env["HOST"]);
process.once("SIGTERM", () => server.close());
