import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeInterim } from "./interim.ts";

const TEMPLATE = { Resources: { Queue: { Type: "AWS::SQS::Queue" } } };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  const artifacts = {
    "shop.assets": { type: "cdk:asset-manifest", properties: { file: "shop.assets.json" } },
    shop: {
      properties: { templateFile: "shop.template.json", stackTemplateAssetObjectUrl: "s3://staging/former.json" },
      dependencies: ["network", "shop.assets"],
      additionalMetadataFile: "shop.metadata.json",
    },
    network: {},
  };
  const assets = {
    files: {
      former: { source: { path: "shop.template.json" }, destinations: { here: { objectKey: "former.json" } } },
      code: { source: { path: "asset.code", packaging: "zip" } },
    },
    dockerImages: { image: { source: { directory: "asset.image", platform: "linux/arm64" } } },
  };
  writeFileSync(join(directory, "manifest.json"), JSON.stringify({ version: "55.0.0", artifacts }));
  writeFileSync(join(directory, "shop.assets.json"), JSON.stringify(assets));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function written(file: string): unknown {
  return JSON.parse(readFileSync(join(writeInterim(directory, "shop", TEMPLATE), file), "utf8"));
}

test("an interim assembly is one stack that depends on none, with its template under its own hash", () => {
  const folder = writeInterim(directory, "shop", TEMPLATE);
  const text = readFileSync(join(folder, "shop.template.json"));
  const hash = createHash("sha256").update(text).digest("hex");
  expect(JSON.parse(text.toString())).toEqual(TEMPLATE);
  expect(written("manifest.json")).toEqual({
    version: "55.0.0",
    artifacts: {
      "shop.assets": { type: "cdk:asset-manifest", properties: { file: "shop.assets.json" } },
      shop: {
        properties: { templateFile: "shop.template.json", stackTemplateAssetObjectUrl: `s3://staging/${hash}.json` },
        dependencies: ["shop.assets"],
      },
    },
  });
  expect(written("shop.assets.json")).toMatchObject({
    files: {
      [hash]: { source: { path: "shop.template.json" }, destinations: { here: { objectKey: `${hash}.json` } } },
    },
  });
});

test("its files and images are those of the whole assembly", () => {
  expect(written("shop.assets.json")).toMatchObject({
    files: { code: { source: { path: resolve(directory, "asset.code"), packaging: "zip" } } },
    dockerImages: { image: { source: { directory: resolve(directory, "asset.image"), platform: "linux/arm64" } } },
  });
});
