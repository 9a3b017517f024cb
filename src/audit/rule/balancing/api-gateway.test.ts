import { expect, test } from "vitest";
import { audit } from "../../audit.ts";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";

/** What is said of one API's template, deployed to some regions. */
function outcomesIn(...regions: readonly (string | null)[]) {
  const text = `
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: { Name: shop, ProtocolType: HTTP }
`;
  const templates = regions.map((region, at) => templateOf(readSource(`api-${at}.yaml`, text), { region }));
  const { findings } = audit(templates, { objectives: { multiRegion: true } });
  return findings.filter(({ rule }) => rule === "api-one-region").map(({ outcome }) => outcome);
}

test("an API in two regions is right, in one it fails, and where nobody says where it is unknown", () => {
  expect(outcomesIn("us-east-1", "us-west-2")).toEqual([]);
  expect(outcomesIn("us-east-1")).toEqual(["fail"]);
  expect(outcomesIn("us-east-1", "us-east-1")).toEqual(["fail", "fail"]);
  expect(outcomesIn(null)).toEqual(["unknown"]);
});
