import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { targetOf } from "../../src/aws/deploy/active-region.ts";
import { Aws } from "../../src/aws/deploy/aws.ts";
import { type DeployOptions, type DeployResult, deploy } from "../../src/aws/deploy/deploy.ts";
import { type DestroyResult, destroy } from "../../src/aws/deploy/destroy.ts";
import { synthesize } from "../../src/aws/synth.ts";
import { type Template, type Value, field, partsNamed, textOf } from "../../src/aws/template.ts";
import type { Topology } from "../../src/topology/topology.ts";
import { startAwsStub } from "../support/aws-stub.ts";
import { teachCloudFormation } from "../support/cloud-formation.ts";
import { teachRegistry } from "../support/image-registry.ts";
import { listeningHost, quickClock } from "../support/quick-clock.ts";
import { type Change, EXAMPLES, type Example, topologyOf, withHostedZone } from "./shipped.ts";

/*
 * Whole systems, deployed by the CDK's own toolkit with its images and code, against a stand-in for AWS at the wire and
 * one for Docker. What AWS itself makes of a template is not seen here.
 */

const ACCOUNT = "123456789012";
const [PRIMARY, SECONDARY] = ["us-east-1", "us-west-2"] as const;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-deploy-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

/** An account with nothing in it, and an example that can be deployed there and destroyed. */
async function account(example: Example = "shop") {
  const stub = await startAwsStub();
  const folder = join(directory, "docker");
  mkdirSync(folder);
  const registry = teachRegistry(stub, folder);
  vi.stubEnv("AWS_ENDPOINT_URL", stub.endpoint);
  vi.stubEnv("CDK_DOCKER", registry.docker);
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const common = {
    aws: new Aws({ endpoint: stub.endpoint, credentials, attempts: 3, pollMs: 10 }),
    host: listeningHost(),
    clock: quickClock(),
    signal: new AbortController().signal,
    confirm: async () => true,
  };
  const topologyWith = async (change: Change): Promise<Topology> => withHostedZone(await topologyOf(example, change));
  const assembly = (topology: Topology, active?: string) =>
    synthesize({ topology, outdir: join(directory, "cdk.out"), ...(active === undefined ? {} : { active }) });
  return {
    ...teachCloudFormation(stub),
    stub,
    registry,
    /** As `holdfast deploy` does. */
    async deployed(change: Change = {}, options: Partial<DeployOptions> = {}): Promise<DeployResult> {
      const topology = await topologyWith(change);
      const synth = (active: string) => assembly(topology, active);
      return deploy({ ...common, target: targetOf(topology), synth, allowReplacement: false, ...options });
    },
    async destroyed(change: Change = {}): Promise<DestroyResult> {
      const topology = await topologyWith(change);
      return destroy({ ...common, target: targetOf(topology), assembly: await assembly(topology) });
    },
    /** The templates of a region's stacks, as they are deployed. */
    templatesIn: (region: string, stacks: ReadonlyMap<string, { readonly template: string }>): readonly Template[] =>
      [...stacks]
        .filter(([key]) => key.endsWith(` ${region}`))
        .map(([, { template }]) => JSON.parse(template) as Template),
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

/** The images that templates name, sorted. */
function imagesIn(templates: readonly Template[]): readonly string[] {
  const images = templates.flatMap(({ Resources = {} }) => partsNamed(Resources as unknown as Value, "Image"));
  const uris = images.map(({ value }) => withAccount(textOf(value))).filter((uri) => uri.includes(".dkr.ecr."));
  return [...new Set(uris)].sort();
}

/** The objects with code that templates name, by bucket and key. */
function codeIn(templates: readonly Template[]): readonly string[] {
  return templates
    .flatMap(({ Resources = {} }) => Object.values(Resources).map(({ Properties }) => Properties?.["Code"]))
    .filter((code) => field(code, "S3Key") !== undefined)
    .map((code) => `${withAccount(textOf(field(code, "S3Bucket")))}/${textOf(field(code, "S3Key"))}`);
}

function withAccount(text: string): string {
  return text.replaceAll("${AWS::AccountId}", ACCOUNT).replaceAll("${AWS::URLSuffix}", "amazonaws.com");
}

test.each(EXAMPLES)("the whole of %s is deployed, with its images and its code, and only once", async (example) => {
  await using at = await account(example);
  const { end, assembly } = await at.deployed();
  expect({ end, refused: at.refused }).toEqual({ end: "deployed", refused: [] });
  expect([...at.stacks.keys()]).toEqual(assembly.manifest.stacks.map(({ name, region }) => `${name} ${region}`));
  for (const region of [PRIMARY, SECONDARY]) {
    const templates = at.templatesIn(region, at.stacks);
    expect(imagesIn(templates)).toEqual([...at.registry.pushed(region)].sort());
    expect(codeIn(templates)).not.toEqual([]);
    for (const object of codeIn(templates)) expect([...at.stub.objects.keys()]).toContain(object);
  }
  for (const { isProtected, parameters } of at.stacks.values()) {
    expect(isProtected).toBe(true);
    const protections = Object.entries(parameters).filter(([name]) => name.endsWith("DeletionProtection"));
    expect(protections.filter(([, value]) => value !== "true")).toEqual([]);
  }
  const calls = at.registry.called();
  expect(calls.filter((call) => call.startsWith("build"))).toHaveLength(at.registry.pushed(PRIMARY).length);
  at.stub.calls.length = 0;
  expect(await at.deployed()).toMatchObject({ end: "unchanged" });
  expect(at.registry.called()).toEqual(calls);
  expect(at.stub.mutations()).toEqual(["PutParameter", "PutParameter"]);
});

describe("the shop", () => {
  test("is made by the next deploy, whichever stack could not be made at first", async () => {
    await using at = await account();
    const { manifest } = (await at.deployed({}, { confirm: async () => false })).assembly;
    for (const { name } of manifest.stacks) {
      at.fails.set(name, "ROLLBACK_COMPLETE");
      await expect(at.deployed()).rejects.toMatchObject({ message: expect.stringContaining(name) });
      at.fails.delete(name);
    }
    expect(await at.deployed()).toMatchObject({ end: "deployed" });
    expect({ refused: at.refused, retained: [...at.retained.values()].flatMap((names) => [...names]) }).toEqual({
      refused: [],
      retained: [],
    });
  });

  test("says so where an image cannot be built, and goes on with the next deploy", async () => {
    await using at = await account();
    at.registry.breakBuilds("no space left on device");
    await expect(at.deployed()).rejects.toMatchObject({
      code: "AWS-058",
      message: expect.stringContaining("deploying shop-production-compute-us-east-1"),
      fix: expect.stringContaining("Docker"),
    });
    at.registry.breakBuilds(null);
    expect(await at.deployed()).toMatchObject({ end: "deployed" });
    expect(at.registry.pushed(SECONDARY)).toHaveLength(2);
  });

  test("changes its strategy, and what the second region retained by that is in the way until it is gone", async () => {
    await using at = await account();
    await at.deployed({ recovery: "active-active" });
    // What takes stacks away from production waits until a person has lifted their protection.
    await expect(at.deployed({ recovery: "backup-restore" })).rejects.toMatchObject({ code: "AWS-047" });
    for (const stack of at.stacks.values()) stack.isProtected = false;
    expect(await at.deployed({ recovery: "backup-restore" })).toMatchObject({ end: "deployed" });
    expect(at.refused).toEqual([]);
    await expect(at.deployed({ recovery: "pilot-light" })).rejects.toMatchObject({ code: "AWS-039" });
    expect(at.refused).toContain("AWS::RDS::DBCluster shop-production-database is there already");
    at.retained.clear();
    expect(await at.deployed({ recovery: "pilot-light" })).toMatchObject({ end: "deployed" });
  });

  test("comes up from its backups in the second region while the first one is silent", async () => {
    await using at = await account();
    const recovery = "backup-restore";
    await at.deployed({ recovery });
    const asked = at.stub.calls.filter(({ service }) => service !== "s3");
    for (const { service, action } of asked) {
      at.stub.on(`${service} ${action} ${PRIMARY}`, { error: "ServiceUnavailable", status: 503 });
    }
    const named = (name: string) => ({
      Name: `shop-production-${name}`,
      ARN: `arn:aws:secretsmanager:${SECONDARY}:${ACCOUNT}:secret:shop-production-${name}-AbCdEf`,
      PrimaryRegion: PRIMARY,
    });
    const SecretList = ["database", "database-master", "origin-verify", "origin-verify-next"].map(named);
    at.stub.on("secretsmanager ListSecrets", { json: { SecretList } });
    at.stub.on("secretsmanager StopReplicationToReplica", { json: {} });
    at.stub.calls.length = 0;
    const snapshot = `arn:aws:rds:${SECONDARY}:${ACCOUNT}:cluster-snapshot:awsbackup:job-1`;
    const options = { active: SECONDARY, regions: [SECONDARY], given: { DatabaseSnapshot: snapshot } };
    const { end, deployed } = await at.deployed({ recovery }, options);
    expect({ end, refused: at.refused }).toEqual({ end: "deployed", refused: [] });
    expect(deployed).toContain(`shop-production-compute-${SECONDARY}`);
    expect(at.stacks.get(`shop-production-data-${SECONDARY} ${SECONDARY}`)?.parameters).toMatchObject({
      DatabaseSnapshot: snapshot,
    });
    expect(new Set(at.stub.calls.map(({ region }) => region))).toEqual(new Set([SECONDARY]));
    // Nothing rotates a replica, and CloudFormation makes the schedules.
    const changes = at.stub.mutations();
    const owned = at.stub.calls.filter(({ action }) => action === "StopReplicationToReplica");
    expect(owned.map(({ input }) => input["SecretId"])).toEqual(SecretList.slice(0, 2).map(({ ARN }) => ARN));
    expect(changes.indexOf("StopReplicationToReplica")).toBeLessThan(changes.indexOf("CreateChangeSet"));
  });

  test("leaves nothing behind of its cheap profile when it is destroyed", async () => {
    await using at = await account();
    await at.deployed({ stage: "dev" });
    const { end, plan } = await at.destroyed({ stage: "dev" });
    expect({ end, retained: plan.retained, refused: at.refused }).toEqual({
      end: "destroyed",
      retained: [],
      refused: [],
    });
    expect(at.stacks.size).toBe(0);
  });
});
