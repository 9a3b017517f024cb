/**
 * A thread that plays years of one model after the other, as `threads.ts` tells it; alone it does nothing. What it
 * throws ends it, and is heard there.
 */
import { parentPort } from "node:worker_threads";
import type { SystemModel } from "./model.ts";
import { type ToThread, wholeModel } from "./threads.ts";
import { tallyOf } from "./years.ts";

let model: SystemModel | null = null;

parentPort?.on("message", (message: ToThread) => {
  if (message.kind === "model") model = wholeModel(message.model);
  else if (model !== null) parentPort?.postMessage(tallyOf({ ...message.years, model }), []);
});
