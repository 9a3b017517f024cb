import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import type { Asset } from "aws-cdk-lib/aws-s3-assets";
import { expect, test } from "vitest";
import { makeEdge } from "../../../test/support/edge-rig.ts";

const FUNCTION = "OriginVerifyRotationFunction";

test("what the edge sends is rotated every month by a function beside its secret, with the next value at hand", () => {
  const data = makeEdge().template("data");
  data.hasResourceProperties("AWS::SecretsManager::RotationSchedule", {
    SecretId: { Ref: "OriginVerifySecret" },
    RotationLambdaARN: { "Fn::GetAtt": [FUNCTION, "Arn"] },
    RotationRules: { AutomaticallyAfterDays: 30 },
    RotateImmediatelyOnUpdate: true,
  });
  data.hasResourceProperties("AWS::SecretsManager::Secret", { Name: "shop-production-origin-verify-next" });
  data.hasResourceProperties("AWS::Lambda::Function", {
    Timeout: 900,
    VpcConfig: Match.absent(),
    Environment: {
      Variables: Match.objectLike({
        HEADER: "X-Origin-Verify",
        NEXT_SECRET: "shop-production-origin-verify-next",
        DISTRIBUTION_ID: { Ref: "EdgeDistributionId" },
      }),
    },
  });
});

test("it is there only when it was told of the distribution and of every region's balancers", () => {
  const { template, shipment } = makeEdge();
  const data = template("data");
  const late = shipment.wires.filter(({ to }) => to.stack === "shop-production-data-us-east-1");
  expect(late).toEqual(
    [
      ["global", "DistributionId"],
      ["shop-production-compute-us-east-1", "ApiUsEast1EdgeRuleArn"],
      ["shop-production-compute-us-west-2", "ApiUsWest2EdgeRuleArn"],
      ["global", "FirewallArn"],
    ].map(([stack, output]) => ({
      from: { stack, output },
      to: { stack: "shop-production-data-us-east-1", parameter: `Edge${output}` },
      late: true,
    })),
  );
  const conditions = data.findConditions("*");
  expect(conditions["EdgeIsTold"]).toEqual({
    "Fn::And": ["EdgeDistributionIsTold", "EdgeRulesUsEast1AreTold", "EdgeRulesUsWest2AreTold"].map((Condition) => ({
      Condition,
    })),
  });
  for (const type of ["Lambda::Function", "Lambda::Permission", "IAM::Role", "SecretsManager::RotationSchedule"]) {
    const made = Object.entries(data.findResources(`AWS::${type}`)).filter(([id]) => id.startsWith("OriginVerify"));
    expect(made.map(([, { Condition }]) => Condition)).toEqual(["EdgeIsTold"]);
  }
});

test("it may change what it rotates and nothing else", () => {
  const { OriginVerifyRotationRole: role } = makeEdge().template("data").findResources("AWS::IAM::Role");
  const statements: readonly { Sid: string; Action: string[]; Resource: unknown }[] =
    role?.Properties.Policies[0].PolicyDocument.Statement;
  expect(statements.find(({ Sid }) => Sid === "Accept")).toMatchObject({
    Action: ["elasticloadbalancing:ModifyRule"],
    Resource: [{ Ref: "EdgeApiUsEast1EdgeRuleArn" }, { Ref: "EdgeApiUsWest2EdgeRuleArn" }],
  });
  expect(JSON.stringify(statements.map(({ Resource }) => Resource))).not.toContain("*");
});

test("a region that is not deployed has no balancer, and the rotation does not wait for one", () => {
  const { shipment, template } = makeEdge({}, { recovery: "backup-restore" });
  expect(shipment.wires.filter(({ from }) => from.output.includes("EdgeRuleArn"))).toHaveLength(1);
  expect(template("data").findConditions("EdgeIsTold")["EdgeIsTold"]?.["Fn::And"]).toHaveLength(2);
});

test("an edge without a service has nothing to rotate", () => {
  const data = makeEdge({ routes: [] }).template("data");
  data.resourceCountIs("AWS::SecretsManager::Secret", 0);
  data.resourceCountIs("AWS::Lambda::Function", 0);
});

test("its code runs by itself on nothing but what was packed", () => {
  const { app, first } = makeEdge();
  const { assetPath } = first.stacks.data.node.findChild("OriginVerifyRotationCode") as Asset;
  const alone = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  try {
    cpSync(join(app.outdir, assetPath), alone, { recursive: true });
    const script = `import { handler } from "./rotate-edge-header-process.js"; console.log(typeof handler);`;
    const node = ["--input-type=module", "-e", script];
    expect(execFileSync(process.execPath, node, { cwd: alone, env: {}, encoding: "utf8" }).trim()).toBe("function");
  } finally {
    rmSync(alone, { recursive: true });
  }
});
