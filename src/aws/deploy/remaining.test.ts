import { expect, test } from "vitest";
import { shopTopology as shop } from "../../../test/support/shop-topology.ts";
import { remainingSteps } from "./remaining.ts";

const READY = { zoneIsReady: true };

test("a hosted zone that could not be changed is left to a person", async () => {
  const texts = async (zoneIsReady: boolean) =>
    remainingSteps(await shop("all"), { zoneIsReady })
      .map(({ text }) => text)
      .join();
  expect(await texts(false)).toContain("turn accelerated recovery on for hosted zone Z");
  expect(await texts(true)).not.toContain("accelerated recovery");
});

test("who is alerted by e-mail must say yes to it", async () => {
  const { shipping } = await shop("all");
  const alerts = { ...shipping.alerts, emails: ["night@example.com"] };
  const [first] = remainingSteps(await shop("all", { shipping: { ...shipping, alerts } }), READY);
  expect(first?.text).toContain("night@example.com");
});

test("services on EKS need their manifests applied", async () => {
  const { components } = await shop("all");
  const onEks = components.map((each) =>
    each.kind === "service" ? { ...each, settings: { ...each.settings, platform: "eks" as const } } : each,
  );
  const steps = remainingSteps(await shop("all", { components: onEks }), READY);
  expect(steps.map(({ how }) => how).join()).toContain("kubectl");
});

test("a network that is made here has a default security group, which a person closes", async () => {
  const hows = async (existing: object) => {
    const { shipping } = await shop("all");
    const network = { ...shipping.network, existing: existing as typeof shipping.network.existing };
    const steps = remainingSteps(await shop("all", { shipping: { ...shipping, network } }), READY);
    return steps.map(({ how }) => how).join();
  };
  expect(await hows({})).toContain("DefaultSecurityGroupId");
  expect(await hows({ "us-east-1": {} })).toContain("DefaultSecurityGroupId");
  expect(await hows({ "us-east-1": {}, "us-west-2": {} })).not.toContain("DefaultSecurityGroupId");
});
