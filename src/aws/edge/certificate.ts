import type { Stack } from "aws-cdk-lib";
import { CfnCertificate } from "aws-cdk-lib/aws-certificatemanager";
import type { EdgeComponent } from "../../topology/topology.ts";
import { logicalId } from "../name.ts";
import { type Shipment, tagged } from "../ship.ts";

/**
 * The certificate of the customers' name, in us-east-1, where CloudFront takes them from: the definition's, or one that
 * is validated in the hosted zone. A zone that is not delegated keeps the stack waiting until it gives up, so the zone
 * must exist, and none is made. Null without either: customers then come by CloudFront's own name.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
 */
export function shipCertificate(global: Stack, shipment: Shipment, edge: EdgeComponent): string | null {
  const { certificateArn, hostedZoneId, domain } = edge.settings;
  if (certificateArn !== null) return certificateArn;
  if (hostedZoneId === null) return null;
  const certificate = new CfnCertificate(global, logicalId("domain", "certificate"), {
    domainName: domain,
    validationMethod: "DNS",
    domainValidationOptions: [{ domainName: domain, hostedZoneId }],
    tags: tagged(shipment, edge),
  });
  return certificate.ref;
}
