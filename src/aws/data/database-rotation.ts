import type { DatabaseComponent } from "../../topology/topology.ts";
import type { Door } from "../handle.ts";
import { physicalName } from "../name.ts";
import type { Site } from "../ship.ts";
import { engineOf } from "./engine.ts";
import type { ShippedDatabase } from "./rds.ts";
import { ROTATION_CODE } from "./rotation-code.ts";
import { shipRotation } from "./rotation.ts";
import { type DatabaseSecrets, readSecrets, secretArns } from "./secret.ts";

/** A step waits for RDS six minutes at most. */
const TIMEOUT_SECONDS = 420;

/**
 * The function that rotates the passwords of a database's users and of its master, in every region that has one; and,
 * where the writer is, the schedules. The users' first rotation runs when its schedule is made, and makes them; the
 * master's comes a month later, so that it is not in the way of that. In a region that only follows, nothing could be
 * rotated: a failover makes the secrets that region's own, and the next deploy brings the schedules.
 */
export function shipDatabaseRotation(
  site: Site,
  component: DatabaseComponent,
  of: { readonly database: ShippedDatabase; readonly secrets: DatabaseSecrets; readonly door: Door },
): void {
  const { presence } = site;
  if (presence.data === "headless") return; // nobody is there to log in to
  const { database, secrets, door } = of;
  const { id, settings } = component;
  const { language, port } = engineOf(settings);
  const ofUser = Object.values(secrets.ofUser);
  const tellTheProxy = {
    sid: "TellTheProxy",
    actions: [
      "secretsmanager:DescribeSecret",
      "secretsmanager:PutSecretValue",
      "secretsmanager:StopReplicationToReplica",
    ],
    resources: secretArns(site, ofUser),
  };
  const [appArn, masterArn] = secretArns(site, [secrets.app, secrets.master]) as [string, string]; // one each
  const setMaster = {
    sid: "SetMaster",
    actions: [database.clusterIdentifier === null ? "rds:ModifyDBInstance" : "rds:ModifyDBCluster"],
    resources: [database.arn],
  };
  const named = physicalName(site.shipment, id);
  shipRotation(site, component, {
    secrets: [
      { id: secrets.app, arn: appArn, part: null, atOnce: true },
      { id: secrets.master, arn: masterArn, part: "master", atOnce: false },
    ],
    code: ROTATION_CODE[language],
    door,
    timeoutSeconds: TIMEOUT_SECONDS,
    variables: {
      ENGINE: language,
      DATABASE_HOST: database.clusterHost,
      DATABASE_PORT: String(port),
      DATABASE_NAME: settings.databaseName,
      OWNER: settings.user,
      USERS: JSON.stringify(secrets.users),
      MASTER_SECRET: secrets.master,
      MASTER_OF: JSON.stringify(database.clusterIdentifier === null ? { instance: named } : { cluster: named }),
      SECRET_OF_USER: JSON.stringify(secrets.ofUser),
    },
    may: [
      ...readSecrets(site, id, [secrets.master, secrets.app, ...ofUser]),
      setMaster,
      ...(ofUser.length === 0 ? [] : [tellTheProxy]),
    ],
    after: presence.data === "writer" ? [...secrets.resources, ...database.members] : null,
  });
}
