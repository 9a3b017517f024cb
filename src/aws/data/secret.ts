import { Fn } from "aws-cdk-lib";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import type { CacheComponent, DatabaseComponent } from "../../topology/topology.ts";
import { arnOf, logicalId, physicalName } from "../name.ts";
import type { Statement } from "../role.ts";
import { type Site, keep, tagged } from "../ship.ts";
import { tell } from "../wire.ts";
import type { Engine } from "./engine.ts";
import { followsPrimary, hasFollower, keyOfSecondary, toldByPeer } from "./peer-value.ts";

/** How many random characters Secrets Manager ends an ARN with. */
const SUFFIX = "-??????";
const PASSWORD_LENGTH = 32;

/** Who administers a database: only the rotation function logs in as it. No word that an engine keeps for itself. */
export const MASTER_USER = "administrator";

/** The secrets of a database, by name: the same in both regions. */
export interface DatabaseSecrets {
  readonly master: string;
  /** What programs log in with: one of two users, which alternate. */
  readonly app: string;
  readonly users: readonly [string, string];
  /** The secret of each user by itself, for a proxy; empty without one. */
  readonly ofUser: Readonly<Record<string, string>>;
  /** The ARN in this region of each but the master's, by name. */
  readonly arns: Readonly<Record<string, string>>;
  /** What must be there before the database. */
  readonly resources: readonly CfnSecret[];
}

/**
 * The secrets of a database. RDS would manage the master's by itself, but not in a global database; and the programs'
 * alternates between two users, because ECS injects a password when a task starts and never again: a task must be able
 * to log in with the one it started with.
 *
 * They are made in the primary region and replicated to the other one; there they can be read, and a failover makes
 * them its own. They hold no host: it differs by region.
 *
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html
 */
export function shipSecrets(
  site: Site,
  component: DatabaseComponent,
  { engine, proxied }: { readonly engine: Engine; readonly proxied: boolean },
): DatabaseSecrets {
  const { shipment, region } = site;
  const { id, settings } = component;
  const users = [`${settings.user}_a`, `${settings.user}_b`] as const;
  const name = (...parts: readonly string[]): string => physicalName(shipment, id, ...parts);
  const names = {
    master: name("master"),
    app: name(),
    users,
    ofUser: proxied ? Object.fromEntries(users.map((user) => [user, name(user.replaceAll("_", "-"))])) : {},
  };
  const told = [names.app, ...Object.values(names.ofUser)];
  if (region.role === "secondary") {
    const arns = Object.fromEntries(told.map((secret) => [secret, arnOfReplica(site, id, secret)]));
    return { ...names, arns, resources: [] };
  }
  const make = (secret: string, what: string, username: string): CfnSecret =>
    shipSecret(site, component, {
      name: secret,
      what,
      fields: { username, engine: engine.language, port: engine.port, dbname: settings.databaseName },
    });
  const master = make(
    names.master,
    `The master of ${name()}; the rotation function alone logs in with it`,
    MASTER_USER,
  );
  const app = make(names.app, `What programs log in to ${name()} with`, users[0]);
  const ofUser = Object.entries(names.ofUser).map(([user, secret]) =>
    make(secret, `What the proxy of ${name()} knows of ${user}`, user),
  );
  const arns = Object.fromEntries([app, ...ofUser].map((secret, index) => [told[index]!, secret.ref])); // as `told`
  if (hasFollower(site)) {
    for (const [secret, arn] of Object.entries(arns)) tell(site.stacks.data, toldAs(site, id, secret), arn);
  }
  return { ...names, arns, resources: [master, app, ...ofUser] };
}

/** What a secret's ARN is told under. */
function toldAs({ shipment }: Site, id: string, secret: string): string {
  return logicalId(id, secret.slice(physicalName(shipment, id).length), "secret-arn");
}

/** A replica's ARN has the same random end as its source's. Where nothing is told of it, AWS finds it without. */
function arnOfReplica(site: Site, id: string, secret: string): string {
  const name = followsPrimary(site)
    ? Fn.select(6, Fn.split(":", toldByPeer(site, "data", toldAs(site, id, secret))))
    : secret;
  return arnOf("secretsmanager", site.region.name, `secret:${name}`);
}

/** A secret with a password that Secrets Manager makes up, beside other fields. */
export function shipSecret(
  site: Site,
  component: DatabaseComponent | CacheComponent,
  secret: {
    /** By which another region tells it; null where none does. */
    readonly name: string | null;
    readonly what: string;
    readonly fields: Readonly<Record<string, unknown>>;
  },
): CfnSecret {
  const { shipment, stacks, keyArn, other } = site;
  const part = secret.name?.slice(physicalName(shipment, component.id).length) ?? "";
  const made = new CfnSecret(stacks.data, logicalId(component.id, part, "secret"), {
    ...(secret.name === null ? {} : { name: secret.name }),
    description: secret.what,
    kmsKeyId: keyArn,
    generateSecretString: {
      passwordLength: PASSWORD_LENGTH,
      excludePunctuation: true,
      generateStringKey: "password",
      secretStringTemplate: JSON.stringify(secret.fields),
    },
    // Only what both regions log in to with the same password is the same in both.
    ...(other === null || component.kind !== "database"
      ? {}
      : { replicaRegions: [{ region: other.name, kmsKeyId: keyOfSecondary(site) }] }),
    tags: tagged(shipment, component),
  });
  keep(made, shipment);
  return made;
}

/** The ARNs of a region's secrets as policies take them, by their names. */
export function secretArns({ region }: Site, names: readonly string[]): string[] {
  return names.map((name) => arnOf("secretsmanager", region.name, `secret:${name}${SUFFIX}`));
}

/** What reads secrets of these names may do. */
export function readSecrets(site: Site, id: string, names: readonly string[]): Statement[] {
  return readSecretsAt(site, id, secretArns(site, names));
}

/** What reads secrets may do: nothing else with them, and with the key only by way of Secrets Manager. */
export function readSecretsAt(site: Site, id: string, arns: readonly string[]): Statement[] {
  return [
    {
      sid: logicalId("read-secret-of", id),
      actions: ["secretsmanager:GetSecretValue"],
      resources: arns,
    },
    {
      sid: logicalId("open-secret-of", id),
      actions: ["kms:Decrypt"],
      resources: [site.keyArn],
      conditions: { StringEquals: { "kms:ViaService": `secretsmanager.${site.region.name}.amazonaws.com` } },
    },
  ];
}

/** A rotation makes new versions of these secrets, and says which one is current. */
export function makeVersions({ keyArn, region }: Site, arns: readonly string[]): Statement[] {
  return [
    {
      sid: "SealSecret",
      actions: ["kms:GenerateDataKey"],
      resources: [keyArn],
      conditions: { StringEquals: { "kms:ViaService": `secretsmanager.${region.name}.amazonaws.com` } },
    },
    {
      sid: "Rotate",
      actions: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      resources: arns,
    },
  ];
}
