import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startAwsStub } from "../../test/support/aws-stub.ts";
import { teachCloudFormation } from "../../test/support/cloud-formation.ts";
import { ask } from "./ask.ts";
import { destroyCommand } from "./destroy.ts";

vi.mock("./ask.ts", () => ({ ask: vi.fn<typeof ask>() }));

const DEFINITION = `export default {
  name: "post",
  stage: "dev",
  regions: { primary: "us-east-1" },
  services: {},
  queues: { letters: {} },
  journeys: {},
};`;

let folder: string;
let printed = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  writeFileSync(join(folder, "holdfast.config.ts"), DEFINITION);
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal); // the command waits for them
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe("holdfast destroy", () => {
  test("fails, and deletes nothing, where another name than the system's is typed", async () => {
    await using stub = await startAwsStub();
    vi.stubEnv("AWS_ENDPOINT_URL", stub.endpoint);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
    const deployed = { template: "{}", parameters: {}, outputs: {}, isProtected: false, status: "CREATE_COMPLETE" };
    teachCloudFormation(stub).stacks.set("post-dev-messaging-us-east-1 us-east-1", deployed);
    vi.mocked(ask).mockResolvedValue("pots");
    await expect(
      destroyCommand().parseAsync(["--config", join(folder, "holdfast.config.ts")], { from: "user" }),
    ).rejects.toMatchObject({ code: "AWS-042", message: '"pots" is not "post": nothing was deleted' });
    expect(printed).toMatch(/deleted\S* post-dev-messaging-us-east-1 in us-east-1/);
    expect(ask).toHaveBeenCalledWith(expect.stringContaining("dev stacks"));
    expect(stub.mutations()).toEqual([]);
  });
});
