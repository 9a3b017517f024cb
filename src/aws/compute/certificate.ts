import { CfnCertificate } from "aws-cdk-lib/aws-certificatemanager";
import { UserError } from "../../base/error.ts";
import { BALANCER } from "../../facts/compute.ts";
import type { AwsCode } from "../codes.ts";
import { originZone } from "../edge/origin.ts";
import { type Site, isDev, tagged } from "../ship.ts";

/**
 * A certificate for these names, which Certificate Manager validates in the edge's hosted zone and renews by itself.
 * Null in the cheap profile without a hosted zone: then there is no TLS. Otherwise throws AWS-050 without one.
 */
export function shipCertificate(
  site: Site,
  id: string,
  of: { readonly service: string; readonly names: readonly string[] },
): CfnCertificate | null {
  const { shipment, stacks } = site;
  const zone = originZone(shipment.topology);
  if (zone === null) {
    if (isDev(shipment)) return null;
    throw withoutZone(of.service);
  }
  const [domainName = "", ...subjectAlternativeNames] = [...of.names].sort((a, b) => a.length - b.length);
  if (domainName.length > BALANCER.commonNameLength.value) throw tooLong(of.service, domainName);
  return new CfnCertificate(stacks.compute, id, {
    domainName,
    ...(subjectAlternativeNames.length === 0 ? {} : { subjectAlternativeNames }),
    validationMethod: "DNS",
    domainValidationOptions: of.names.map((name) => ({ domainName: name, hostedZoneId: zone.hostedZoneId })),
    keyAlgorithm: "RSA_2048",
    certificateTransparencyLoggingPreference: "ENABLED",
    tags: tagged(shipment, { id: of.service, kind: "service" }),
  });
}

/** A balancer that speaks HTTPS needs a name, and a name a zone that is delegated. */
export function withoutZone(service: string): UserError {
  return new UserError({
    code: "AWS-050" satisfies AwsCode,
    message: `the balancer of "${service}" has no certificate: there is no hosted zone in which one could be validated`,
    fix: 'give "edge" a "domain" and the "hostedZoneId" of its public hosted zone, or write stage: "dev"',
    at: "edge.hostedZoneId",
  });
}

function tooLong(service: string, name: string): UserError {
  const most = BALANCER.commonNameLength.value;
  return new UserError({
    code: "AWS-011" satisfies AwsCode,
    message: `the name ${name} of a certificate has ${name.length} characters of at most ${most}`,
    fix: `shorten the name of "${service}" or the domain`,
    at: `services.${service}`,
  });
}
