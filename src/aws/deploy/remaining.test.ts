import { expect, test } from "vitest";
import { shopTopology as shop } from "../../../test/support/shop-topology.ts";
import { remainingSteps } from "./remaining.ts";

test("a hosted zone of two regions is to be recovered faster than by default; one of one region is not", async () => {
  const texts = async (regions: "primary" | "all") =>
    remainingSteps(await shop(regions))
      .map(({ text }) => text)
      .join();
  expect(await texts("all")).toContain("accelerated recovery");
  expect(await texts("primary")).not.toContain("accelerated recovery");
});

test("who is alerted by e-mail must say yes to it", async () => {
  const { shipping } = await shop("all");
  const alerts = { ...shipping.alerts, emails: ["night@example.com"] };
  const [first] = remainingSteps(await shop("all", { shipping: { ...shipping, alerts } }));
  expect(first?.text).toContain("night@example.com");
});

test("services on EKS need their manifests applied", async () => {
  const { components } = await shop("all");
  const onEks = components.map((each) =>
    each.kind === "service" ? { ...each, settings: { ...each.settings, platform: "eks" as const } } : each,
  );
  const steps = remainingSteps(await shop("all", { components: onEks }));
  expect(steps.map(({ how }) => how).join()).toContain("kubectl");
});

test("a network that is made here has a default security group, which a person closes", async () => {
  const hows = async (existing: object) => {
    const { shipping } = await shop("all");
    const network = { ...shipping.network, existing: existing as typeof shipping.network.existing };
    const steps = remainingSteps(await shop("all", { shipping: { ...shipping, network } }));
    return steps.map(({ how }) => how).join();
  };
  expect(await hows({})).toContain("DefaultSecurityGroupId");
  expect(await hows({ "us-east-1": {} })).toContain("DefaultSecurityGroupId");
  expect(await hows({ "us-east-1": {}, "us-west-2": {} })).not.toContain("DefaultSecurityGroupId");
});
