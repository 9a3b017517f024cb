import { expect, test } from "vitest";
import { audit } from "../../audit.ts";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";

const CANARY = "Canary: { Type: AWS::Synthetics::Canary, Properties: { Name: shop } }";
const API = "Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: shop, ProtocolType: HTTP } }";

function lost(...regions: readonly string[]): number {
  const templates = regions.map((region, at) => {
    const document = readSource(`${at}.yaml`, `Resources:\n  ${CANARY}\n  ${API}\n`);
    return templateOf(document, { region });
  });
  const { findings } = audit(templates, { objectives: { multiRegion: true } });
  return findings.filter(({ rule }) => rule === "canary-region").length;
}

test("a canary that another region's canary stands in for is not asked to move", () => {
  expect(lost("us-east-1")).toBe(1);
  expect(lost("us-east-1", "us-east-1")).toBe(2);
  expect(lost("us-east-1", "us-west-2")).toBe(0);
});
