import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AwsStub, startAwsStub } from "../../../test/support/aws-stub.ts";
import { listeningHost, quickClock } from "../../../test/support/quick-clock.ts";
import type { Topology } from "../../topology/topology.ts";
import { Aws } from "./aws.ts";
import { type SiteUpload, uploadSites } from "./site.ts";

const STACKS = [
  { name: "data-east", region: "us-east-1" },
  { name: "data-west", region: "us-west-2" },
  { name: "global", region: "us-east-1" },
];
const OUTPUTS = {
  "data-east": { SiteBucketName: "site-east" },
  "data-west": { SiteBucketName: "site-west" },
  global: { DistributionId: "E1" },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  mkdirSync(join(folder, "a"));
  writeFileSync(join(folder, "a", "shop.css"), "css");
  writeFileSync(join(folder, "index.html"), "page");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function upload({ endpoint }: AwsStub, site: string | null): Promise<SiteUpload[]> {
  const cache = { defaultTtlMs: 60_000, staleIfErrorMs: 3_600_000 };
  const components = [{ id: "edge", kind: "edge", settings: { site, cache } }];
  return uploadSites({
    aws: new Aws({ endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" }, attempts: 3 }),
    host: listeningHost(),
    clock: quickClock(),
    topology: { components } as unknown as Topology, // what an upload looks at
    stacks: STACKS,
    outputs: OUTPUTS,
  });
}

describe("the upload of a site", () => {
  test("puts every file into the bucket of each region, with its type and how long copies are good", async () => {
    await using stub = await startAwsStub();
    stub.on("cloudfront POST /2020-05-31/distribution/E1/invalidation", { xml: "<Invalidation/>" });
    expect(await upload(stub, folder)).toEqual([
      { region: "us-east-1", bucket: "site-east", files: 2 },
      { region: "us-west-2", bucket: "site-west", files: 2 },
    ]);
    expect([...stub.objects.keys()].toSorted()).toEqual([
      "site-east/a/shop.css",
      "site-east/index.html",
      "site-west/a/shop.css",
      "site-west/index.html",
    ]);
    const page = stub.calls.find(({ action }) => action === "PUT /site-west/index.html");
    expect(page).toMatchObject({
      region: "us-west-2",
      input: { headers: { "content-type": "text/html; charset=utf-8" } },
    });
    expect(page?.input["headers"]).toMatchObject({ "cache-control": expect.stringContaining("stale-if-error=3600") });
  });

  test("puts pages last, so that none names a file that is not there yet", async () => {
    await using stub = await startAwsStub();
    stub.on("cloudfront POST /2020-05-31/distribution/E1/invalidation", { xml: "<Invalidation/>" });
    await upload(stub, folder);
    const east = stub.calls.map(({ action }) => action).filter((action) => action.startsWith("PUT /site-east/"));
    expect(east).toEqual(["PUT /site-east/a/shop.css", "PUT /site-east/index.html"]);
  });

  test("has the edge drop its copies at the end", async () => {
    await using stub = await startAwsStub();
    stub.on("cloudfront POST /2020-05-31/distribution/E1/invalidation", { xml: "<Invalidation/>" });
    await upload(stub, folder);
    const last = stub.calls.at(-1);
    expect(last?.action).toBe("POST /2020-05-31/distribution/E1/invalidation");
    expect(last?.input["body"]).toContain("<Path>/*</Path>");
  });

  test("does nothing without a site", async () => {
    await using stub = await startAwsStub();
    expect(await upload(stub, null)).toEqual([]);
    expect(stub.calls).toEqual([]);
  });
});
