import { describe, expect, test } from "vitest";
import { shopTopology } from "../../test/support/shop-topology.ts";
import { snapshotParameters } from "./snapshot-parameter.ts";

const ARN = "arn:aws:rds:us-west-2:123456789012:cluster-snapshot:awsbackup:job-1";

describe("what a database is restored from", () => {
  test("becomes the parameter of its templates", async () => {
    const topology = await shopTopology("all");
    expect(await snapshotParameters(topology, [`database=${ARN}`])).toEqual({ DatabaseSnapshot: ARN });
    expect(await snapshotParameters(topology, [])).toEqual({});
  });

  test.each([`orders=${ARN}`, "database=", "database", ARN])("fails for %s", async (given) => {
    const restored = snapshotParameters(await shopTopology("all"), [given]);
    await expect(restored).rejects.toMatchObject({ code: "AWS-060", message: expect.stringContaining("database") });
  });
});
