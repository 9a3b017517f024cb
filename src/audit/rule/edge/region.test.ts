import { expect, test } from "vitest";
import { audit } from "../../audit.ts";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";

function templateIn(region: string, text: string) {
  return templateOf(readSource(`${region}.yaml`, text), { region });
}

const STANDBY = `
Resources:
  Bucket: { Type: AWS::S3::Bucket }
Outputs:
  Domain: { Value: !GetAtt Bucket.RegionalDomainName, Export: { Name: standby-domain } }
`;

const SITE = `
Resources:
  Bucket: { Type: AWS::S3::Bucket }
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - { Id: first, DomainName: !GetAtt Bucket.RegionalDomainName }
          - { Id: second, DomainName: !ImportValue standby-domain }
        OriginGroups:
          Items: [{ Id: both, Members: { Items: [{ OriginId: first }, { OriginId: second }] } }]
        DefaultCacheBehavior: { TargetOriginId: both, ViewerProtocolPolicy: https-only }
`;

function messages(...regions: readonly [string, string]): readonly string[] {
  const templates = [templateIn(regions[0], SITE), { ...templateIn(regions[1], STANDBY), name: "standby" }];
  const { findings } = audit(templates, { objectives: { multiRegion: true } });
  return findings.filter(({ rule }) => rule === "cloudfront-failover-region").map(({ message }) => message);
}

test("origins are in the regions that their templates are deployed to", () => {
  expect(messages("us-east-1", "us-west-2")).toEqual([]);
  expect(messages("us-east-1", "us-east-1")).toEqual(["has both origins in us-east-1"]);
});
