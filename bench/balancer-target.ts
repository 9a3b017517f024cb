/** Two targets that cost as little as Node can make them: `node bench/balancer-target.ts HOST:PORT…`. */
import { createServer } from "node:net";
import { parseAddress } from "./balancer-address.ts";

const BODY = "x".repeat(64);
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
);
const END_OF_HEAD = Buffer.from("\r\n\r\n");

for (const listen of process.argv.slice(2).map(parseAddress)) {
  // Good for requests without a body that come one at a time, as the load sends them.
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("data", (chunk) => {
      if (chunk.includes(END_OF_HEAD)) socket.write(ANSWER);
    });
    socket.on("error", () => undefined);
  });
  server.listen(listen);
}
