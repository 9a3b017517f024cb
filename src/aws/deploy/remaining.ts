import { ACCELERATED_RECOVERY } from "./hosted-zone.ts";
import { type Topology, componentsOf } from "../../topology/topology.ts";

/** Something that neither CloudFormation nor a deploy can do, and a person must, once. */
export interface RemainingStep {
  readonly text: string;
  /** A command or a page. */
  readonly how: string;
}

/** What is left to a person after a first deploy of a system, which may not have been allowed to change its zone. */
export function remainingSteps(
  topology: Topology,
  { zoneIsReady }: { readonly zoneIsReady: boolean },
): readonly RemainingStep[] {
  const { system, shipping, regions } = topology;
  const emails = shipping.alerts.emails.join(", ");
  const edges = componentsOf(topology, "edge");
  const zone = edges.map(({ settings }) => settings.hostedZoneId).find((id) => id !== null);
  const onKubernetes = componentsOf(topology, "service").some(({ settings }) => settings.platform === "eks");
  const plain = componentsOf(topology, "database").some(({ settings }) => !settings.engine.startsWith("aurora"));
  const ownNetworks = regions.filter(({ name }) => shipping.network.existing[name] === undefined);
  return [
    ...(emails === ""
      ? []
      : [{ text: `${emails}: confirm the subscription that AWS has written of`, how: "by e-mail" }]),
    ...(zoneIsReady
      ? []
      : [{ text: `turn accelerated recovery on for hosted zone ${zone}`, how: ACCELERATED_RECOVERY }]),
    ...(ownNetworks.length === 0
      ? []
      : [
          {
            text: "take the rules of the networks' default security groups away, which CloudFormation cannot",
            how: "aws ec2 revoke-security-group-ingress and -egress; outputs DefaultSecurityGroupId",
          },
        ]),
    ...(onKubernetes
      ? [
          {
            text: "apply the manifests of the services on EKS, in each region",
            how: "kubectl apply -f cdk.out/kubernetes",
          },
        ]
      : []),
    ...(edges.length > 0 && zone === undefined
      ? [
          {
            text: `lead ${system}'s domain to the distribution's own name`,
            how: "output DistributionDomain of the global stack",
          },
        ]
      : []),
    ...(plain && regions.length > 1
      ? [
          {
            text: "after a failover of RDS, make the former writer a replica anew: a promotion cannot be undone",
            how: "the runbook of the recovery stack",
          },
        ]
      : []),
  ];
}
