import { expect, test } from "vitest";
import { audit } from "../../audit.ts";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";

const SITE = `
  Site: { Type: AWS::S3::Bucket }
  SitePolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Site
      PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: cloudfront.amazonaws.com } }] }
`;

function found(resources: string, regions: readonly string[]): readonly string[] {
  const templates = regions.map((region) =>
    templateOf(readSource(`${region}.yaml`, `Resources:\n${resources}`), { region }),
  );
  const options = { objectives: { multiRegion: true } };
  return audit(templates, options)
    .findings.filter(({ rule }) => ["s3-one-region", "secret-one-region"].includes(rule))
    .map(({ rule, outcome }) => `${rule} ${outcome}`);
}

test("a site or a secret that each region has for itself is in more than one region", () => {
  const secret = "  Password: { Type: AWS::SecretsManager::Secret }\n";
  expect(found(SITE + secret, ["us-east-1", "us-west-2"])).toEqual([]);
  expect(found(SITE + secret, ["us-east-1"])).toEqual(["s3-one-region unknown", "secret-one-region unknown"]);
});

test("data is in one region, though another region has a bucket of the same name for its own data", () => {
  const uploads = "  Uploads: { Type: AWS::S3::Bucket }\n";
  expect(found(uploads, ["us-east-1", "us-west-2"])).toEqual(["s3-one-region fail", "s3-one-region fail"]);
});
