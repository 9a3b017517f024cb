import { createRequire } from "node:module";
import { CURRENT, PENDING, type Secrets } from "./secret-version.ts";

type Sdk = typeof import("@aws-sdk/client-secrets-manager");

/** Secrets Manager of this region, by the SDK of Lambda's own runtime. */
export function awsSecrets(): Secrets {
  const sdk = createRequire(import.meta.url)("@aws-sdk/client-secrets-manager") as Sdk;
  const client = new sdk.SecretsManager();
  return {
    async describe(SecretId) {
      const found = await client.describeSecret({ SecretId });
      const { RotationEnabled = false, VersionIdsToStages = {}, ReplicationStatus = [] } = found;
      const copiesAreEven = ReplicationStatus.every(({ Status }) => Status === "InSync");
      return { rotates: RotationEnabled, stages: VersionIdsToStages, copiesAreEven };
    },
    async read(SecretId, { stage, id }) {
      try {
        const version = { VersionStage: stage, ...(id === undefined ? {} : { VersionId: id }) };
        return (await client.getSecretValue({ SecretId, ...version })).SecretString ?? null;
      } catch (error) {
        if (error instanceof sdk.ResourceNotFoundException) return null;
        throw error;
      }
    },
    async writePending(SecretId, ClientRequestToken, SecretString) {
      await client.putSecretValue({ SecretId, ClientRequestToken, SecretString, VersionStages: [PENDING] });
    },
    async makeCurrent(SecretId, MoveToVersionId, former) {
      await client.updateSecretVersionStage({
        SecretId,
        VersionStage: CURRENT,
        MoveToVersionId,
        ...(former === undefined ? {} : { RemoveFromVersionId: former }),
      });
    },
    async replace(SecretId, SecretString) {
      const { PrimaryRegion: owner } = await client.describeSecret({ SecretId });
      // After a failover it is still a replica, which nobody can write to.
      if (owner !== undefined && owner !== variable("AWS_REGION")) await client.stopReplicationToReplica({ SecretId });
      await client.putSecretValue({ SecretId, SecretString });
    },
  };
}

/** A variable of the environment that the template sets. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the environment has no ${name}`);
  return value;
}
