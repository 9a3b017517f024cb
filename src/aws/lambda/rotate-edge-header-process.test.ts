import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AwsStub, type StubCall, startAwsStub, stubVariables } from "../../../test/support/aws-stub.ts";
import { handler } from "./rotate-edge-header-process.ts";

vi.mock("node:timers/promises", () => ({ scheduler: { wait: async () => undefined } }));

const SENT = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-production-origin-verify-AbCdEf";
const NEXT = "shop-production-origin-verify-next";
const RULES = ["eu-west-1", "eu-central-1"].map(
  (region) => `arn:aws:elasticloadbalancing:${region}:123456789012:listener-rule/app/api/0/1/2`,
);
const DISTRIBUTION = "/2020-05-31/distribution/E1";

let stub: AwsStub;
beforeEach(async () => {
  stub = await startAwsStub();
  const variables = {
    ...stubVariables(stub),
    DISTRIBUTION_ID: "E1",
    HEADER: "X-Origin-Verify",
    NEXT_SECRET: NEXT,
    RULES: JSON.stringify(RULES),
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stub[Symbol.asyncDispose]();
});

function origin(id: string, headers: string): string {
  return `<Origin><Id>${id}</Id><DomainName>${id}.example.com</DomainName>${headers}</Origin>`;
}

function headersOf(value: string): string {
  const header = (name: string, text: string): string =>
    `<OriginCustomHeader><HeaderName>${name}</HeaderName><HeaderValue>${text}</HeaderValue></OriginCustomHeader>`;
  const items = `<Items>${header("X-Other", "stays")}${header("X-Origin-Verify", value)}</Items>`;
  return `<CustomHeaders><Quantity>2</Quantity>${items}</CustomHeaders>`;
}

/** A distribution with a bucket and two services, and the secrets, as far as the function asks. */
function account() {
  const values = new Map([["AWSCURRENT", "one"]]);
  let [header, tag, next] = ["one", 1, "two"];
  const text = (value: string | undefined) =>
    value === undefined
      ? { error: "ResourceNotFoundException" }
      : { json: { SecretString: JSON.stringify({ value }) } };
  stub.on("secretsmanager DescribeSecret", () => {
    const isCurrent = values.get("AWSCURRENT") !== "one";
    const VersionIdsToStages = isCurrent ? { v2: ["AWSCURRENT"] } : { v1: ["AWSCURRENT"], v2: ["AWSPENDING"] };
    const ReplicationStatus = [{ Region: "eu-central-1", Status: "InSync" }];
    return { json: { RotationEnabled: true, VersionIdsToStages, ReplicationStatus } };
  });
  stub.on("secretsmanager GetSecretValue", ({ input }) =>
    text(input["SecretId"] === NEXT ? next : values.get(String(input["VersionStage"]))),
  );
  stub.on("secretsmanager PutSecretValue", ({ input }) => {
    const { value } = JSON.parse(String(input["SecretString"])) as { value: string };
    if (input["SecretId"] === NEXT) next = value;
    else values.set("AWSPENDING", value);
    return { json: {} };
  });
  stub.on("secretsmanager UpdateSecretVersionStage", () => {
    values.set("AWSCURRENT", values.get("AWSPENDING")!); // it was put before
    return { json: {} };
  });
  stub.on(`cloudfront GET ${DISTRIBUTION}`, () => {
    const origins = origin("bucket", "") + origin("api", headersOf(header)) + origin("web", headersOf(header));
    const items = `<Quantity>3</Quantity><Items>${origins}</Items>`;
    const config = `<CallerReference>1</CallerReference><Origins>${items}</Origins>`;
    const rest = `<Comment>shop</Comment><Enabled>true</Enabled><HttpVersion>http2and3</HttpVersion>`;
    const inner = `<DistributionConfig>${config}${rest}</DistributionConfig>`;
    return { xml: `<Distribution><Id>E1</Id><Status>Deployed</Status>${inner}</Distribution>`, etag: `tag-${tag}` };
  });
  stub.on(`cloudfront PUT ${DISTRIBUTION}/config`, ({ input }) => {
    const { headers, body } = input as { headers: Record<string, string>; body: string };
    if (headers["if-match"] !== `tag-${tag}`) return { error: "PreconditionFailed", status: 412 };
    header = /X-Origin-Verify<\/HeaderName><HeaderValue>([^<]+)/.exec(body)?.[1] ?? "";
    tag += 1;
    return { xml: `<Distribution><Id>E1</Id></Distribution>` };
  });
  stub.on("elasticloadbalancing ModifyRule", { xml: "<Rules/>" });
  return { sent: () => header, next: () => next, someoneElseChanges: () => void (tag += 1) };
}

async function step(Step: string): Promise<void> {
  await handler({ SecretId: SENT, ClientRequestToken: "v2", Step });
}

/** The rules that were changed, with what they let in. */
function accepted(calls: readonly StubCall[]): readonly string[] {
  return calls
    .filter(({ action }) => action === "ModifyRule")
    .map(({ region, input }) => {
      const values = Object.keys(input).filter((key) => key.includes(".HttpHeaderConfig.Values."));
      const header = input["Conditions.member.1.HttpHeaderConfig.HttpHeaderName"];
      expect(RULES).toContain(input["RuleArn"]);
      return `${region} ${String(header)}: ${values.map((key) => String(input[key])).join(", ")}`;
    });
}

test("a rotation changes the distribution's header alone, and every region's rule before and after it", async () => {
  const { sent, next } = account();
  await step("createSecret");
  await step("setSecret");
  expect(sent()).toBe("two");
  expect(accepted(stub.calls)).toEqual([
    "eu-west-1 X-Origin-Verify: one, two",
    "eu-central-1 X-Origin-Verify: one, two",
  ]);
  const [put] = stub.calls.filter(({ action }) => action.startsWith("PUT"));
  const body = String(put?.input["body"]);
  expect(body.match(/<HeaderValue>two<\/HeaderValue>/g)).toHaveLength(2);
  expect(body.match(/<HeaderValue>stays<\/HeaderValue>/g)).toHaveLength(2);
  expect(body).toContain("<HttpVersion>http2and3</HttpVersion>");
  expect(put?.region).toBe("us-east-1");
  stub.calls.length = 0;
  await step("testSecret");
  await step("finishSecret");
  expect(next()).toMatch(/^[\w-]{48}$/);
  expect(accepted(stub.calls).at(-1)).toBe(`eu-central-1 X-Origin-Verify: two, ${next()}`);
  expect(stub.calls.some(({ action }) => action.startsWith("PUT"))).toBe(false);
});

test("fails before it sends what a region does not let in, and when somebody else changes it meanwhile", async () => {
  const { sent, someoneElseChanges } = account();
  await step("createSecret");
  stub.on("elasticloadbalancing ModifyRule", { error: "AccessDenied", status: 403 });
  await expect(step("setSecret")).rejects.toThrow("AccessDenied");
  expect(sent()).toBe("one");
  stub.on("elasticloadbalancing ModifyRule", { xml: "<Rules/>" });
  stub.on(`cloudfront PUT ${DISTRIBUTION}/config`, () => {
    someoneElseChanges();
    return { error: "PreconditionFailed", status: 412 };
  });
  await expect(step("setSecret")).rejects.toThrow("PreconditionFailed");
  expect(sent()).toBe("one");
});
