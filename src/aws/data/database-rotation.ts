import type { DatabaseComponent } from "../../topology/topology.ts";
import type { Door } from "../handle.ts";
import type { Site } from "../ship.ts";
import { engineOf } from "./engine.ts";
import type { ShippedDatabase } from "./rds.ts";
import { ROTATION_CODE } from "./rotation-code.ts";
import { shipRotation } from "./rotation.ts";
import { type DatabaseSecrets, readSecrets, secretArns } from "./secret.ts";

const TIMEOUT_SECONDS = 60;

/**
 * The function that rotates the passwords of a database's users, in every region that has one; and, where the writer
 * is, the schedule. The first rotation runs when the schedule is made, and makes the users. In a region that only
 * follows, nothing could be rotated: a failover makes the secret that region's own, and the next deploy brings the
 * schedule.
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
  shipRotation(site, component, {
    secretId: secrets.app,
    secretArn: secretArns(site, [secrets.app])[0]!, // one each
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
      SECRET_OF_USER: JSON.stringify(secrets.ofUser),
    },
    may: [
      ...readSecrets(site, id, [secrets.master, secrets.app, ...ofUser]),
      ...(ofUser.length === 0 ? [] : [tellTheProxy]),
    ],
    after: presence.data === "writer" ? [...secrets.resources, ...database.members] : null,
  });
}
