import { describe, expect, test } from "vitest";
import { type AwsStub, startAwsStub } from "../../../test/support/aws-stub.ts";
import { listeningHost } from "../../../test/support/quick-clock.ts";
import { partOf, readActiveRegion, writeActiveRegion } from "./active-region.ts";
import { Aws } from "./aws.ts";

const TARGET = { system: "shop", stage: "production", regions: ["us-east-1", "us-west-2"] } as const;
const NO_GLOBALS = { xml: "<GlobalClusters/>" };

function awsAt({ endpoint }: AwsStub): Aws {
  return new Aws({ endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" }, attempts: 2 });
}

function note(region: string, at: number): { json: object } {
  return { json: { Parameter: { Value: region, LastModifiedDate: at } } };
}

function globals(writer: string, regions: readonly string[] = TARGET.regions): { xml: string } {
  const member = (region: string): string =>
    `<GlobalClusterMember><DBClusterArn>arn:aws:rds:${region}:1:cluster:db</DBClusterArn>` +
    `<IsWriter>${region === writer}</IsWriter></GlobalClusterMember>`;
  const members = `<GlobalClusterMembers>${regions.map(member).join("")}</GlobalClusterMembers>`;
  const id = "<GlobalClusterIdentifier>shop-production-database</GlobalClusterIdentifier>";
  return { xml: `<GlobalClusters><GlobalClusterMember>${id}${members}</GlobalClusterMember></GlobalClusters>` };
}

describe("the region that serves", () => {
  test("is the first one of a system that was never deployed", async () => {
    await using stub = await startAwsStub();
    stub.on("ssm GetParameter", { error: "ParameterNotFound" });
    stub.on("rds DescribeGlobalClusters", NO_GLOBALS);
    expect(await readActiveRegion(awsAt(stub), TARGET, listeningHost())).toBe("us-east-1");
  });

  test("is what the newest note says, when the lost region still has its old one", async () => {
    await using stub = await startAwsStub();
    stub.on("ssm GetParameter us-east-1", note("us-east-1", 1_700_000_000));
    stub.on("ssm GetParameter us-west-2", note("us-west-2", 1_800_000_000));
    stub.on("rds DescribeGlobalClusters", NO_GLOBALS);
    expect(await readActiveRegion(awsAt(stub), TARGET, listeningHost())).toBe("us-west-2");
  });

  test("is where the database's writer is, whatever the notes say, and that is told", async () => {
    await using stub = await startAwsStub();
    stub.on("ssm GetParameter", note("us-east-1", 1_800_000_000));
    stub.on("rds DescribeGlobalClusters", globals("us-west-2"));
    const host = listeningHost();
    expect(await readActiveRegion(awsAt(stub), TARGET, host)).toBe("us-west-2");
    expect(host.said.join()).toContain("us-west-2 has the writer");
  });

  test("is what the note says where no region follows the writer, as one that was restored does not", async () => {
    await using stub = await startAwsStub();
    stub.on("ssm GetParameter us-east-1", note("us-east-1", 1_700_000_000));
    stub.on("ssm GetParameter us-west-2", note("us-west-2", 1_800_000_000));
    stub.on("rds DescribeGlobalClusters", globals("us-east-1", ["us-east-1"]));
    const host = listeningHost();
    expect(await readActiveRegion(awsAt(stub), TARGET, host)).toBe("us-west-2");
    expect(host.said).toEqual([]);
  });

  test("is found although a region does not answer", async () => {
    await using stub = await startAwsStub();
    const down = { error: "ServiceUnavailable", status: 503 };
    stub.on("ssm GetParameter us-east-1", down);
    stub.on("rds DescribeGlobalClusters us-east-1", down);
    stub.on("ssm GetParameter us-west-2", note("us-west-2", 1_800_000_000));
    stub.on("rds DescribeGlobalClusters us-west-2", NO_GLOBALS);
    const host = listeningHost();
    expect(await readActiveRegion(awsAt(stub), TARGET, host)).toBe("us-west-2");
    expect(host.said.join()).toContain("us-east-1: does not answer");
  });

  test("fails where credentials have expired, instead of guessing", async () => {
    await using stub = await startAwsStub();
    stub.on("ssm GetParameter", { error: "ExpiredTokenException", message: "The security token has expired" });
    stub.on("rds DescribeGlobalClusters", NO_GLOBALS);
    await expect(readActiveRegion(awsAt(stub), TARGET, listeningHost())).rejects.toThrow(/expired/);
  });

  test("is noted in every region that answers", async () => {
    await using stub = await startAwsStub();
    stub.on("ssm PutParameter us-west-2", { json: { Version: 2 } });
    stub.on("ssm PutParameter us-east-1", { error: "ServiceUnavailable", status: 503 });
    const host = listeningHost();
    await writeActiveRegion(awsAt(stub), TARGET, { active: "us-west-2", regions: TARGET.regions, host });
    const written = stub.calls.filter(({ region }) => region === "us-west-2").map(({ input }) => input);
    expect(written).toMatchObject([{ Name: "/shop/production/active-region", Value: "us-west-2", Overwrite: true }]);
    expect(host.said.join()).toContain("not noted there");
  });
});

test("the part of a system that a stack is follows from its name, dashes or not", () => {
  expect(partOf({ system: "my-shop", stage: "production" }, "my-shop-production-data-us-east-1")).toBe("data");
});
