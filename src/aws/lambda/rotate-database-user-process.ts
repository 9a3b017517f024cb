import { randomBytes } from "node:crypto";
import { awsSecrets, variable } from "./aws-secrets-process.ts";
import type { Administered } from "./postgres-accounts.ts";
import { type Accounts, type Credentials, rotate } from "./rotation.ts";
import type { RotationEvent, Secrets } from "./secret-version.ts";

/*
 * The Lambda function that rotates the users of a database. It runs on the SDK of Lambda's own Node.js runtime, and on
 * the driver that is packed beside it. It says nothing to its log but the step, and what went wrong.
 *
 * NODE_EXTRA_CA_CERTS is set to the runtime's file of Amazon's certificates, which newer runtimes do not load by
 * themselves. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */

/** What Secrets Manager calls, once a step. */
export async function handler(event: RotationEvent): Promise<void> {
  const secrets = awsSecrets();
  const accounts = await connect(secrets);
  try {
    await rotate(
      {
        secrets,
        accounts,
        users: JSON.parse(variable("USERS")) as [string, string],
        ofUser: JSON.parse(variable("SECRET_OF_USER")) as Record<string, string>,
        newPassword: () => randomBytes(24).toString("base64url"),
      },
      event,
    );
  } finally {
    await accounts.close();
  }
}

async function connect(secrets: Secrets): Promise<Accounts> {
  const master = await secrets.read(variable("MASTER_SECRET"), { stage: "AWSCURRENT" });
  if (master === null) throw new Error("the secret of the master has no value");
  const administered: Administered = {
    host: variable("DATABASE_HOST"),
    port: Number(variable("DATABASE_PORT")),
    database: variable("DATABASE_NAME"),
    owner: variable("OWNER"),
    master: JSON.parse(master) as Credentials,
    tls: true,
  };
  if (variable("ENGINE") === "mysql") return (await import("./mysql-accounts.ts")).mysqlAccounts(administered);
  return (await import("./postgres-accounts.ts")).postgresAccounts(administered);
}
