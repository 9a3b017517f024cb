import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AwsStub, startAwsStub } from "../../../test/support/aws-stub.ts";
import { teachCloudFormation } from "../../../test/support/cloud-formation.ts";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import { tinyAccount } from "../../../test/support/tiny-account.ts";
import { tinyAssembly } from "../../../test/support/tiny-assembly.ts";
import { type DeployOptions, type DeployResult, deploy, isUnchanged } from "./deploy.ts";
import { zoneToRecover } from "./hosted-zone.ts";

const ZONE = "/2013-04-01/hostedzone/Z1";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-test-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

/** Route 53 with a zone in which accelerated recovery is as `status` says. */
function teachRoute53(stub: AwsStub, status: string | null): void {
  let now = status;
  stub.on(`route53 GET ${ZONE}`, () => {
    const features =
      now === null ? "" : `<Features><AcceleratedRecoveryStatus>${now}</AcceleratedRecoveryStatus></Features>`;
    const zone = `<Id>/hostedzone/Z1</Id><Name>example.com.</Name><CallerReference>1</CallerReference>${features}`;
    return { xml: `<GetHostedZoneResponse><HostedZone>${zone}</HostedZone></GetHostedZoneResponse>` };
  });
  stub.on(`route53 POST ${ZONE}/features`, ({ input }) => {
    expect(input["body"]).toContain("<EnableAcceleratedRecovery>true</EnableAcceleratedRecovery>");
    now = "ENABLING_HOSTED_ZONE_LOCKED";
    return { xml: "<UpdateHostedZoneFeaturesResponse/>" };
  });
}

function rig(stub: AwsStub) {
  teachCloudFormation(stub);
  const account = tinyAccount(stub);
  let count = 0;
  return {
    host: account.host,
    run: (options: Partial<DeployOptions> = {}): Promise<DeployResult> =>
      deploy({
        ...account,
        hostedZoneId: "Z1",
        allowReplacement: false,
        synth: async () => tinyAssembly({ directory: join(directory, String((count += 1))) }),
        ...options,
      }),
  };
}

const changesOf = (stub: AwsStub): readonly string[] => stub.mutations().filter((action) => action.includes(ZONE));

describe("a deploy with a hosted zone", () => {
  test.each([null, "DISABLED", "ENABLE_FAILED"])(
    "turns its recovery on when it is %s: last, and once",
    async (status) => {
      await using stub = await startAwsStub();
      teachRoute53(stub, status);
      const { run } = rig(stub);
      const first = await run();
      expect(first).toMatchObject({ end: "deployed", zoneIsReady: true });
      expect(first.plan.zone).toEqual({ id: "Z1", acceleratedRecovery: "turn-on" });
      expect(stub.mutations().at(-1)).toBe(`POST ${ZONE}/features`);
      stub.calls.length = 0;
      expect(await run()).toMatchObject({ end: "unchanged", zoneIsReady: true });
      expect(changesOf(stub)).toEqual([]);
    },
  );

  test("has something to ask for when nothing but the zone would change, and changes nothing unasked", async () => {
    await using stub = await startAwsStub();
    teachRoute53(stub, "DISABLED");
    const { run } = rig(stub);
    await run({ hostedZoneId: null });
    const asked: boolean[] = [];
    const declined = await run({ confirm: async (plan) => asked.push(isUnchanged(plan)) === 0 });
    expect(asked).toEqual([false]);
    expect(declined).toMatchObject({ end: "declined", zoneIsReady: false });
    expect(changesOf(stub)).toEqual([]);
    expect(await run()).toMatchObject({ end: "deployed" });
  });

  test("goes on and reports it where Route 53 does not let it look, or change", async () => {
    await using stub = await startAwsStub();
    teachRoute53(stub, "DISABLED");
    const { run, host } = rig(stub);
    stub.on(`route53 POST ${ZONE}/features`, { error: "AccessDenied", message: "not yours", status: 403 });
    expect(await run()).toMatchObject({ end: "deployed", zoneIsReady: false });
    expect(host.said).toContain("Z1: accelerated recovery could not be turned on: AccessDenied: not yours");
    stub.on(`route53 GET ${ZONE}`, { error: "AccessDenied", message: "not yours", status: 403 });
    const unknown = await run();
    expect(unknown).toMatchObject({ end: "unchanged", zoneIsReady: false });
    expect(unknown.plan.zone?.acceleratedRecovery).toBe("unknown");
  });

  test("leaves a zone alone in the cheap profile, and with one region", async () => {
    expect(zoneToRecover(await shopTopology("all"))).toMatch(/^Z/);
    expect(zoneToRecover(await shopTopology("primary"))).toBeNull();
    const { shipping } = await shopTopology("all");
    expect(zoneToRecover(await shopTopology("all", { shipping: { ...shipping, stage: "dev" } }))).toBeNull();
  });
});
