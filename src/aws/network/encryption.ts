import { CfnVPCEncryptionControl } from "aws-cdk-lib/aws-ec2";
import { ENCRYPTION_CONTROL } from "../../facts/network.ts";
import { logicalId, physicalName } from "../name.ts";
import type { BareSite } from "../ship.ts";

/**
 * Asks AWS to encrypt what is sent within a network. Balancers speak HTTP to programs; once this is there AWS moves
 * them and the tasks on Fargate to machines that encrypt all that they send each other, below TLS. The first deploy
 * monitors, because AWS enforces nothing in a network that is there and was not monitored before.
 *
 * It stands beside the network. The network's own property of that name would replace the network with each change.
 *
 * Where it is enforced, four things stay out of it, whatever is there now, so that none of them has to come or go
 * before the network changes: all four speak TLS, or lead out of AWS, where nobody but TLS encrypts.
 *
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html
 */
export function shipEncryption({ shipment, region, stacks }: BareSite, vpcId: string): void {
  const { recovery, shipping } = shipment.topology;
  const { encryption } = shipping.network;
  if (encryption === "off" || !hasEncryption(region.name)) return;
  // A region that is made anew in an emergency has a new network, in which AWS may enforce nothing yet.
  const isMadeAnew = recovery === "backup-restore" && region.role === "secondary";
  const mode = isMadeAnew ? "monitor" : encryption;
  new CfnVPCEncryptionControl(stacks.network, logicalId("encryption"), {
    vpcId,
    mode,
    ...(mode === "enforce" ? LEFT_OUT : {}),
    tags: [{ key: "Name", value: physicalName(shipment, "encryption") }],
  });
}

const LEFT_OUT = {
  internetGatewayExclusionInput: "enable",
  natGatewayExclusionInput: "enable",
  lambdaExclusionInput: "enable",
  elasticFileSystemExclusionInput: "enable",
} as const;

function hasEncryption(region: string): boolean {
  return ENCRYPTION_CONTROL.regions.value.split(" ").includes(region);
}
