import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { shipWatched, shopOf } from "../../../test/support/watch-rig.ts";
import type { Journey } from "../../topology/topology.ts";
import { type CanaryRequest, canaryRequests, script } from "./canary.ts";

interface Asked {
  readonly name: string;
  readonly request: { readonly hostname: string; readonly path: string; readonly protocol: string };
}

/** Runs a canary's script as CloudWatch Synthetics does, against a site that answers by path. */
async function run(requests: readonly CanaryRequest[], answers: Readonly<Record<string, number>>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const synthetics = {
    executeHttpStep: async (name: string, request: Asked["request"], check: (response: object) => Promise<void>) => {
      asked.push({ name, request });
      await check({ statusCode: answers[request.path] ?? 500, resume: () => {} });
    },
  };
  const exported: { handler?: () => Promise<void> } = {};
  runInNewContext(script("shop.example.com", requests), {
    require: (name: string) => (name === "@aws/synthetics-puppeteer" ? synthetics : undefined),
    exports: exported,
    Error,
  });
  await exported.handler?.();
  return asked;
}

const ORDER = { name: "order", path: "/api/orders/holdfast-canary", mayBeMissing: true };
const BROWSE = { name: "browse", path: "/", mayBeMissing: false };

function journey(id: string, read: Journey["read"]): Journey {
  return { id, durability: "acknowledged", write: null, read, module: null, weight: 1, needs: [] };
}

describe("a canary", () => {
  test("reads what journeys read, by a key that nobody has, and never writes", () => {
    const journeys = [
      journey("order", { method: "GET", path: "/api/orders/{key}" }),
      journey("browse", { method: "GET", path: "/" }),
      journey("odd", { method: "POST", path: "/search" }),
      journey("module", null),
    ];
    expect(canaryRequests(journeys)).toEqual([ORDER, BROWSE]);
  });

  test("passes when every request is answered well, nobody's order also by its absence", async () => {
    const asked = await run([ORDER, BROWSE], { [ORDER.path]: 404, "/": 200 });
    expect(asked.map(({ name }) => name)).toEqual(["order", "browse"]);
    expect(asked[0]?.request).toMatchObject({ hostname: "shop.example.com", protocol: "https:", path: ORDER.path });
  });

  test("fails when one is answered by an error", async () => {
    await expect(run([ORDER], { [ORDER.path]: 503 })).rejects.toThrow("answered 503");
  });

  test("fails when what must be there is missing", async () => {
    await expect(run([BROWSE], { "/": 404 })).rejects.toThrow("answered 404");
  });

  test("runs every minute by the newest runtime, and keeps what it saw encrypted", () => {
    const rig = shipWatched();
    const [canary] = Object.values(rig.watched("AWS::Synthetics::Canary"));
    expect(canary?.Properties).toMatchObject({
      Name: "shop-production-outside",
      RuntimeVersion: "syn-nodejs-puppeteer-17.0",
      Schedule: { Expression: "rate(1 minute)" },
      Code: { Handler: "index.handler" },
      StartCanaryAfterCreation: true,
      ArtifactConfig: { S3Encryption: { EncryptionMode: "SSE_KMS" } },
    });
    expect(canary?.Properties.Name).toMatch(/^[0-9a-z_-]{1,255}$/);
  });

  test("has nowhere to go without a name of the system's own", () => {
    const edge = { domain: "shop.example.com", routes: { "/api/*": "api" } };
    const rig = shipWatched(shopOf({ regions: { primary: "us-east-1" }, recovery: "backup-restore", edge }));
    expect(rig.watched("AWS::Synthetics::Canary")).toEqual({});
  });
});
