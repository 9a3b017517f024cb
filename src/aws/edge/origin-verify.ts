import type { Stack } from "aws-cdk-lib";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import type { EdgeComponent } from "../../topology/topology.ts";
import { keyArnIn } from "../key.ts";
import { logicalId } from "../name.ts";
import { type Site, tagged } from "../ship.ts";
import { originVerifySecretName } from "./origin.ts";

/** Too long to be guessed, and within what CloudFront takes for a header. */
const VALUE_LENGTH = 48;

/**
 * The secret that a request through the edge carries, so that balancers turn away what goes around the firewall. Made
 * once, in the primary region's data stack, and copied by Secrets Manager to every region that reads it while it
 * deploys: the other one, and the distribution's.
 *
 * It is no user's data, so nothing keeps it when its stack goes; and it has a fixed name, because other regions must
 * tell it.
 */
export function shipOriginVerify(global: Stack, sites: readonly Site[], edge: EdgeComponent): void {
  const [primary, ...others] = sites;
  if (primary === undefined) return;
  const { shipment, stacks, keyArn } = primary;
  const copies = others.map(({ region }) => ({
    region: region.name,
    kmsKeyId: keyArnIn(shipment, region.name, keyArn),
  }));
  const known = sites.some(({ region }) => region.name === global.region);
  new CfnSecret(stacks.data, logicalId("origin-verify", "secret"), {
    name: originVerifySecretName(shipment),
    description: `What ${edge.settings.domain} sends to its origins, so that they know it`,
    kmsKeyId: keyArn,
    generateSecretString: {
      secretStringTemplate: "{}",
      generateStringKey: "value",
      passwordLength: VALUE_LENGTH,
      excludePunctuation: true,
    },
    // The distribution's region has no key of this system unless it is one of its regions: Secrets Manager has one.
    replicaRegions: [...copies, ...(known ? [] : [{ region: global.region }])],
    tags: tagged(shipment, edge),
  });
  for (const other of others)
    stacks.data.addStackDependency(other.stacks.network, "its key encrypts a copy of a secret");
  for (const site of sites) {
    if (site.presence.deployed) site.stacks.compute.addStackDependency(stacks.data, "balancers read a secret of it");
  }
  global.addStackDependency(stacks.data, "the distribution reads a secret of it");
}
