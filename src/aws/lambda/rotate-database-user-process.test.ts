import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AwsStub, startAwsStub, stubVariables } from "../../../test/support/aws-stub.ts";
import { handler } from "./rotate-database-user-process.ts";

const MASTER = "shop-production-database-master";
const arnOf = (name: string): string => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-AbCdEf`;

let stub: AwsStub;
beforeEach(async () => {
  stub = await startAwsStub();
  const variables = {
    ...stubVariables(stub),
    MASTER_SECRET: MASTER,
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: "1", // nobody listens there
    DATABASE_NAME: "shop",
    OWNER: "app",
    ENGINE: "postgres",
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const VersionIdsToStages = { v1: ["AWSCURRENT"], v2: ["AWSPENDING"] };
  stub.on("secretsmanager DescribeSecret", { json: { RotationEnabled: true, VersionIdsToStages } });
  stub.on("secretsmanager GetSecretValue", ({ input }) => {
    const password = `the ${String(input["VersionStage"])} one`;
    return { json: { SecretString: JSON.stringify({ username: "administrator", password }) } };
  });
  for (const what of ["DBCluster", "DBInstance"]) stub.on(`rds Modify${what}`, { xml: `<${what}/>` });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stub[Symbol.asyncDispose]();
});

test.each([
  [{ cluster: "shop-production-database" }, "ModifyDBCluster", "DBClusterIdentifier"],
  [{ instance: "shop-production-database" }, "ModifyDBInstance", "DBInstanceIdentifier"],
])("has RDS set the pending password of the master of %o", async (of, action, key) => {
  vi.stubEnv("MASTER_OF", JSON.stringify(of));
  await handler({ SecretId: arnOf(MASTER), ClientRequestToken: "v2", Step: "setSecret" });
  expect(stub.calls.find((call) => call.action === action)?.input).toMatchObject({
    [key]: "shop-production-database",
    MasterUserPassword: "the AWSPENDING one",
    ApplyImmediately: "true",
  });
});

test("logs in for the secret of the programs, and has nothing set where the database cannot be reached", async () => {
  vi.stubEnv("MASTER_OF", JSON.stringify({ cluster: "shop-production-database" }));
  const event = { SecretId: arnOf("shop-production-database"), ClientRequestToken: "v2", Step: "setSecret" };
  await expect(handler(event)).rejects.toThrow("ECONNREFUSED");
  expect(stub.mutations()).toEqual([]);
});
