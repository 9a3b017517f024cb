/**
 * A program as a system has many: an HTTP server of some 40 MB with the usual clients. `node bench/event-loop-
 * dummy.ts HOST:PORT`
 */
import { createServer } from "node:http";
import "@aws-sdk/client-sqs";
import "ioredis";
import "pg";
import { parseAddress } from "./balancer-address.ts";

const listen = parseAddress(process.argv[2] ?? "127.78.8.1:0");
createServer((_request, response) => response.end("ok")).listen(listen, () => process.send?.({ kind: "ready" }));
