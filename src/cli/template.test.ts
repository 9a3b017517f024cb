import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IN_TWO_ZONES, zonalTemplate } from "../../test/support/zonal-template.ts";
import { simulateCommand } from "./simulate.ts";
import { designOfTemplates } from "./template.ts";

let folder = "";
const file = (name: string): string => join(folder, name);

beforeAll(() => {
  const open = zonalTemplate({ ...IN_TWO_ZONES, cache: false }).replace(
    "MultiAZ: true",
    "MultiAZ: !ImportValue Wanted",
  );
  folder = mkdtempSync(join(tmpdir(), "holdfast-template-"));
  writeFileSync(file("sound.yaml"), zonalTemplate(IN_TWO_ZONES));
  writeFileSync(file("open.yaml"), open);
  writeFileSync(file("table.yaml"), "Resources: { Table: { Type: AWS::DynamoDB::Table } }\n");
  writeFileSync(file("empty.json"), "{}");
  writeFileSync(file("said.yaml"), "failures: { zone: { between: 1 hour } }\n");
  writeFileSync(file("wrong.yaml"), "entries: [Nothing]\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("templates for a simulation", () => {
  test("are a design that is named by its first file, with what was assumed", async () => {
    const { system, recovery, assumes } = await designOfTemplates([file("sound.yaml"), file("empty.json")], {});
    expect({ system, recovery }).toEqual({ system: "sound.yaml and 1 more", recovery: "one region" });
    expect(assumes.join("\n")).toContain("load is not told");
  });

  test("are struck as often as the file of assumptions says", async () => {
    const { modelAt } = await designOfTemplates([file("sound.yaml")], { assumptions: file("said.yaml") });
    const zone = modelAt("middle").hazards.find(({ key }) => key.startsWith("zone/"));
    expect(zone?.perYear).toBe(365 * 24);
  });

  test("fail where there are none, with every reason, and where nothing of them answers", async () => {
    await expect(designOfTemplates([file("empty.json"), file("missing.yaml")], {})).rejects.toMatchObject({
      code: "AUD-022",
      message: expect.stringMatching(/AUD-001[\s\S]*missing\.yaml[\s\S]*AUD-002[\s\S]*empty\.json/),
    });
    await expect(designOfTemplates([file("table.yaml")], {})).rejects.toMatchObject({ code: "AUD-020" });
    const wrong = { assumptions: file("wrong.yaml") };
    await expect(designOfTemplates([file("sound.yaml")], wrong)).rejects.toMatchObject({ code: "AUD-021" });
  });
});

describe("holdfast simulate --template", () => {
  test("writes the document of the contract, with another template beside it", async () => {
    const args = ["--template", file("sound.yaml"), "--what-if", file("open.yaml"), "--years", "100"];
    await simulateCommand().parseAsync([...args, "--json", file("out.json"), "--html", file("out.html")], {
      from: "user",
    });
    const document = JSON.parse(readFileSync(file("out.json"), "utf8"));
    expect(document).toMatchObject({ holdfast: 1, system: "sound.yaml", recovery: "one region", years: 100 });
    expect(document.whatIf.addsMinutesPerYear.low95).toBeGreaterThan(0);
    expect(document.assumes.join("\n")).toContain("open.yaml: nobody says whether there is a standby of Database");
    expect(readFileSync(file("out.html"), "utf8")).toContain("sound.yaml");
  });

  test.each([
    [["--assumptions", "a.yaml"], /'--assumptions' is for '--template'/],
    [["--template", "a.yaml", "--recovery", "pilot-light"], /cannot be used with option '--recovery/],
  ])("refuses %s", async (args, message) => {
    const command = simulateCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    await expect(command.parseAsync([...args], { from: "user" })).rejects.toThrow(message);
  });
});
