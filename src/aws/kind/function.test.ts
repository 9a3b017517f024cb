import { describe, expect, test } from "vitest";
import { shipPrograms, systemOf } from "../../../test/support/program-rig.ts";

const FUNCTION = "AWS::Lambda::Function";
const print = { code: "./function", handler: "index.print", consumes: "printing", timeout: "20 seconds" };
const definition = {
  functions: {
    print: { ...print, reservedConcurrency: 20 },
    report: { code: "./function", handler: "index.report", uses: ["database", "sessions", "documents"] },
  },
  queues: { printing: {} },
  databases: { database: {} },
  caches: { sessions: {} },
  fileSystems: { documents: {} },
};
const shipped = shipPrograms(systemOf(definition));
const compute = shipped.template("compute");

function propertiesOf(type: string, id: string) {
  return compute.findResources(type)[id]?.["Properties"] ?? {};
}

describe("a function", () => {
  test("is called by an alias of a version, which is another for other settings", () => {
    const versions = (changes: object) =>
      Object.keys(
        shipPrograms(systemOf({ functions: { print: { ...print, ...changes } }, queues: { printing: {} } }))
          .template("compute")
          .findResources("AWS::Lambda::Version"),
      );
    const [first] = versions({});
    expect(versions({})).toEqual([first]);
    expect(versions({ memory: "1 GiB" })).not.toEqual([first]);
    expect(shipped.sites[0]!.handles.get("function", "print").access[0]?.actions).toEqual(["lambda:InvokeFunction"]);
    compute.hasResourceProperties("AWS::Lambda::Alias", { Name: "live" });
  });

  test("takes the same code in both regions", () => {
    const keyIn = (region: number): unknown =>
      shipped.template("compute", region).findResources(FUNCTION)["ReportFunction"]?.["Properties"].Code.S3Key;
    expect(keyIn(0)).toMatch(/^[0-9a-f]{64}\.zip$/);
    expect(keyIn(1)).toBe(keyIn(0));
  });

  test("tries again what it failed, and sets it aside in the end", () => {
    compute.hasResourceProperties("AWS::Lambda::EventInvokeConfig", { Qualifier: "live", MaximumRetryAttempts: 2 });
    expect(shipped.sites[0]!.handles.undelivered.map(({ of }) => of)).toEqual(
      expect.arrayContaining(["print", "report"]),
    );
  });

  test("gives back to the queue only the messages that it failed", () => {
    expect(propertiesOf("AWS::Lambda::EventSourceMapping", "PrintConsumesPrinting")).toMatchObject({
      FunctionName: { Ref: "PrintAlias" },
      BatchSize: 10,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 20 },
    });
    expect(propertiesOf(FUNCTION, "PrintFunction")["ReservedConcurrentExecutions"]).toBe(20);
  });

  test("is in the network, in every zone, where it uses what is there, and only there", () => {
    expect(propertiesOf(FUNCTION, "ReportFunction")["VpcConfig"].SubnetIds).toHaveLength(3);
    expect(propertiesOf(FUNCTION, "ReportFunction")["FileSystemConfigs"]).toMatchObject([
      { LocalMountPath: "/mnt/documents" },
    ]);
    expect(propertiesOf(FUNCTION, "PrintFunction")).not.toHaveProperty("VpcConfig");
  });

  test("knows where its secrets are, and none of them, and comes to a database by its proxy", () => {
    const { Variables } = propertiesOf(FUNCTION, "ReportFunction")["Environment"];
    expect(Object.keys(Variables).sort()).toEqual([
      "DATABASE_READER_URL",
      "DATABASE_SECRET_ARN",
      "DATABASE_URL",
      "DOCUMENTS_PATH",
      "SESSIONS_SECRET_ARN",
      "SESSIONS_URL",
    ]);
    expect(JSON.stringify(Variables)).not.toContain("resolve:secretsmanager");
    expect(JSON.stringify(Variables.DATABASE_URL)).toContain("Proxy");
  });

  test("is traced, and its log and its variables are encrypted", () => {
    const report = propertiesOf(FUNCTION, "ReportFunction");
    expect(report).toMatchObject({ TracingConfig: { Mode: "Active" }, LoggingConfig: { LogFormat: "JSON" } });
    expect(report["KmsKeyArn"]).toBeDefined();
    expect(propertiesOf("AWS::Logs::LogGroup", "ReportLogs")["KmsKeyId"]).toBeDefined();
  });

  test("fails without its folder", () => {
    const functions = { print: { ...print, code: "./nowhere" } };
    expect(() => shipPrograms(systemOf({ functions, queues: { printing: {} } }))).toThrow(
      expect.objectContaining({ code: "AWS-052" }),
    );
  });
});
