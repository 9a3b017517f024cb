import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { scheduler } from "node:timers/promises";
import { awsSecrets, variable } from "./aws-secrets-process.ts";
import { type Credentials, isRefusal } from "./credentials.ts";
import { type Master, type MasterRotation, logInAsMaster, rotateMaster } from "./master-rotation.ts";
import { type Accounts, rotate } from "./rotation.ts";
import type { RotationEvent } from "./secret-version.ts";

/*
 * The Lambda function that rotates the users of a database, and its master. It runs on the SDK of Lambda's own Node.js
 * runtime, and on the driver that is packed beside it. It says nothing to its log but the step, and what went wrong.
 *
 * NODE_EXTRA_CA_CERTS is set to the runtime's file of Amazon's certificates, which newer runtimes do not load by
 * themselves. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */

type Sdk = typeof import("@aws-sdk/client-rds");

/** A hyphen and six random characters. */
const SUFFIX_LENGTH = 7;

/** What Secrets Manager calls, once a step. */
export async function handler(event: RotationEvent): Promise<void> {
  const rotation: MasterRotation<Accounts> = {
    secrets: awsSecrets(),
    secret: variable("MASTER_SECRET"),
    master: masterOfRds(),
    newPassword: () => randomBytes(24).toString("base64url"), // RDS takes 41 characters, and no / " @
    pause: (ms) => scheduler.wait(ms),
  };
  if (event.SecretId.slice(0, -SUFFIX_LENGTH).endsWith(`:secret:${rotation.secret}`)) {
    return rotateMaster(rotation, event);
  }
  const accounts = await logInAsMaster(rotation);
  try {
    const users = JSON.parse(variable("USERS")) as [string, string];
    const ofUser = JSON.parse(variable("SECRET_OF_USER")) as Record<string, string>;
    await rotate({ ...rotation, accounts, users, ofUser }, event);
  } finally {
    await accounts.close();
  }
}

function masterOfRds(): Master<Accounts> {
  const { RDS } = createRequire(import.meta.url)("@aws-sdk/client-rds") as Sdk;
  const rds = new RDS();
  const { cluster, instance } = JSON.parse(variable("MASTER_OF")) as { cluster?: string; instance?: string };
  const change = (MasterUserPassword: string) => ({ MasterUserPassword, ApplyImmediately: true });
  return {
    async logIn(credentials) {
      try {
        return await open(credentials);
      } catch (error) {
        if (isRefusal(error)) return null;
        throw error;
      }
    },
    async reset(password) {
      if (cluster !== undefined) await rds.modifyDBCluster({ DBClusterIdentifier: cluster, ...change(password) });
      else await rds.modifyDBInstance({ DBInstanceIdentifier: instance, ...change(password) });
    },
  };
}

async function open(master: Credentials): Promise<Accounts> {
  const administered = {
    host: variable("DATABASE_HOST"),
    port: Number(variable("DATABASE_PORT")),
    database: variable("DATABASE_NAME"),
    owner: variable("OWNER"),
    master,
    tls: true,
  };
  if (variable("ENGINE") === "mysql") return (await import("./mysql-accounts.ts")).mysqlAccounts(administered);
  return (await import("./postgres-accounts.ts")).postgresAccounts(administered);
}
