import type { Stack } from "aws-cdk-lib";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { assert } from "../../base/error.ts";
import type { EdgeComponent } from "../../topology/topology.ts";
import { keyArnIn } from "../key.ts";
import { logicalId } from "../name.ts";
import { type Site, tagged } from "../ship.ts";
import { type OriginVerifyValue, originVerifySecretName } from "./origin.ts";

/** Too long to be guessed, and within what CloudFront takes for a header. */
const VALUE_LENGTH = 48;

/**
 * The secrets of what a request through the edge carries, so that balancers turn away what goes around the firewall: of
 * the value that is sent, and of the next one (see `rotateEdge`). Made once, in the primary region's data stack, and
 * copied by Secrets Manager to every region that reads them while it deploys: the other one, and the distribution's.
 * Returns that of the value that is sent.
 *
 * They are no user's data, so nothing keeps them when their stack goes; and they have fixed names, because other
 * regions must tell them.
 */
export function shipOriginVerify(global: Stack, sites: readonly Site[], edge: EdgeComponent): CfnSecret {
  const [primary, ...others] = sites;
  assert(primary, "a system has a region");
  const { stacks } = primary;
  for (const other of others)
    stacks.data.addStackDependency(other.stacks.network, "its key encrypts a copy of a secret");
  for (const site of sites) {
    if (site.presence.deployed) site.stacks.compute.addStackDependency(stacks.data, "balancers read secrets of it");
  }
  global.addStackDependency(stacks.data, "the distribution reads a secret of it");
  const { domain } = edge.settings;
  const replicaRegions = copiesOf(global, primary, others);
  const make = (value: OriginVerifyValue, description: string): CfnSecret => {
    const { shipment, keyArn } = primary;
    const id = logicalId("origin-verify", ...(value === "next" ? ["next"] : []), "secret");
    return new CfnSecret(stacks.data, id, {
      name: originVerifySecretName(shipment, value),
      description,
      kmsKeyId: keyArn,
      generateSecretString: {
        secretStringTemplate: "{}",
        generateStringKey: "value",
        passwordLength: VALUE_LENGTH,
        excludePunctuation: true,
      },
      replicaRegions,
      tags: tagged(shipment, edge),
    });
  };
  make("next", `What ${domain} will send to its origins after the next rotation; they take it already`);
  return make("sent", `What ${domain} sends to its origins, so that they know it`);
}

function copiesOf(
  global: Stack,
  { shipment, keyArn, region: own }: Site,
  others: readonly Site[],
): CfnSecret.ReplicaRegionProperty[] {
  const copies = others.map(({ region }) => ({
    region: region.name,
    kmsKeyId: keyArnIn(shipment, region.name, keyArn),
  }));
  const known = [own, ...others.map(({ region }) => region)].some(({ name }) => name === global.region);
  // The distribution's region has no key of this system unless it is one of its regions: Secrets Manager has one.
  return [...copies, ...(known ? [] : [{ region: global.region }])];
}
