import { createServer } from "node:https";
import { generate } from "selfsigned";

/** Its own for each task, and kept in memory: a balancer verifies none. */
const name = [{ name: "commonName", value: "program" }];
const { private: key, cert } = await generate(name, { keyType: "ec", algorithm: "sha256" });

/** Answers that it is well, and nothing else that is of use. */
const server = createServer({ key, cert }, (request, response) => {
  const isWell = request.url === "/healthz";
  response.writeHead(isWell ? 200 : 404, { "content-type": "text/plain" }).end(isWell ? "well" : "nothing here yet");
});
server.keepAliveTimeout = 65_000; // longer than a balancer keeps an idle connection, so that the balancer closes first
server.listen(Number(process.env["PORT"] ?? 8080), process.env["HOST"]);
process.once("SIGTERM", () => server.close());
