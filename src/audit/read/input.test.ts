import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type InputOptions, readInput } from "./input.ts";

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-input-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function read(
  files: Readonly<Record<string, string | Buffer>>,
  paths: readonly string[] = ["."],
  options: InputOptions = { region: null },
) {
  const folder = folderOf(files);
  const input = await readInput(
    paths.map((path) => join(folder, path)),
    options,
  );
  const short = (text: string): string => text.replaceAll(`${folder}/`, "");
  return {
    ...input,
    names: input.templates.map(({ name }) => short(name)),
    problems: input.problems.map(({ code, at, level, message }) => ({ code, at: short(at), level, message })),
  };
}

const TEMPLATE = "Resources: { Queue: { Type: AWS::SQS::Queue } }\n";

const STACK = "AWS::CloudFormation::Stack";

/** A template whose resources nest others. */
function nesting(...urls: readonly string[]): string {
  const stack = (url: string, at: number): string =>
    `  Stack${at}: { Type: ${STACK}, Properties: { TemplateURL: ${url}, Parameters: { Name: x } } }\n`;
  return `Parameters: { Name: { Type: String } }\nResources:\n${urls.map(stack).join("")}`;
}

describe("paths", () => {
  test("of a folder, all that is a template is read, and the rest passed over in silence", async () => {
    const { names, files, problems } = await read({
      "a.yaml": TEMPLATE,
      "deep/b.template": TEMPLATE,
      "deep/c.json": JSON.stringify({ AWSTemplateFormatVersion: "2010-09-09", Resources: {} }),
      "node_modules/x/d.yaml": TEMPLATE,
      ".github/e.yaml": TEMPLATE,
      "package.json": "{}",
      "chart.yaml": "a: {{ .Values.Resources }}\n",
      "notes.txt": TEMPLATE,
      "empty.yaml": "",
    });
    expect(names).toEqual(["a.yaml", "deep/b.template", "deep/c.json"]);
    expect(files).toBe(3);
    expect(problems).toEqual([]);
  });

  test("what is named has to be there, and a template", async () => {
    const { problems } = await read({ "x.yaml": "a: 1\n", "main.tf": 'resource "x" "y" {}' }, [
      "x.yaml",
      "main.tf",
      "none.yaml",
    ]);
    expect(problems).toMatchObject([
      { code: "AUD-001", at: "none.yaml" },
      { code: "AUD-002", at: "x.yaml" },
      { code: "AUD-002", at: "main.tf" },
    ]);
  });

  test("one bad file spoils no other", async () => {
    const { names, problems } = await read({
      "bad.yaml": "Resources:\n  A: { Type: AWS::SQS::Queue\n  B: [",
      "binary.yaml": Buffer.from([0xff, 0xfe, 0x00, 0x01, 0x02]),
      "bytes.yaml": Buffer.concat([Buffer.from(TEMPLATE), Buffer.from([0x23, 0xff, 0xc3, 0x28])]),
      "good.yaml": TEMPLATE,
      "half.yaml": "Resources:\n  A: { Type: AWS::SQS::Queue }\n  B: { Tpye: AWS::SQS::Queue }\n  C: 1\nOutputs: []\n",
    });
    expect(names).toEqual(["bytes.yaml", "good.yaml", "half.yaml"]);
    expect(problems).toMatchObject([
      { code: "AUD-012", at: expect.stringMatching(/^bad\.yaml:3:/) as string },
      { code: "AUD-013", at: "half.yaml:5" },
      { code: "AUD-013", at: "half.yaml:3" },
      { code: "AUD-013", at: "half.yaml:4" },
    ]);
  });

  test("a file of PowerShell's is read", async () => {
    const text = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(TEMPLATE, "utf16le")]);
    expect((await read({ "wide.yaml": text }, ["wide.yaml"])).names).toEqual(["wide.yaml"]);
  });

  test("a pipe is no file, and nobody waits for it", async () => {
    const folder = folderOf({});
    execFileSync("mkfifo", [join(folder, "pipe.yaml")]);
    expect((await readInput([join(folder, "pipe.yaml")], { region: null })).problems).toMatchObject([
      { code: "AUD-010" },
    ]);
  });

  test("a file that is named twice is read once", async () => {
    expect((await read({ "a.yaml": TEMPLATE }, ["a.yaml", ".", "./a.yaml"])).names).toEqual(["a.yaml"]);
  });
});

describe("what the CDK writes", () => {
  const stack = (file: string, environment: string) => ({
    type: "aws:cloudformation:stack",
    environment,
    properties: { templateFile: file },
  });
  const template = JSON.stringify({
    Resources: {
      Queue: { Type: "AWS::SQS::Queue", Metadata: { "aws:cdk:path": "Main/Queue/Resource" } },
      Nested: {
        Type: "AWS::CloudFormation::Stack",
        Properties: { TemplateURL: { "Fn::Join": ["", ["https://s3.", { Ref: "AWS::URLSuffix" }, "/hash.json"]] } },
        Metadata: { "aws:asset:path": "MainNested.nested.template.json" },
      },
    },
  });
  const files = {
    "cdk.out/manifest.json": JSON.stringify({
      version: "36.0.0",
      artifacts: {
        Main: stack("Main.template.json", "aws://123456789012/eu-west-1"),
        Open: stack("Open.template.json", "aws://unknown-account/unknown-region"),
        Prod: { type: "cdk:cloud-assembly", properties: { directoryName: "assembly-Prod" } },
        Out: stack("../outside.json", "aws://1/x"),
        Tree: { type: "cdk:tree" },
      },
    }),
    "cdk.out/Main.template.json": template,
    "cdk.out/MainNested.nested.template.json": TEMPLATE,
    "cdk.out/Open.template.json": TEMPLATE,
    "cdk.out/asset.1/template.yaml": TEMPLATE,
    "cdk.out/assembly-Prod/manifest.json": JSON.stringify({ artifacts: { S: stack("S.json", "aws://1/us-west-2") } }),
    "cdk.out/assembly-Prod/S.json": TEMPLATE,
    "outside.json": TEMPLATE,
  };

  test("is read stack by stack, with its region, its constructs and its nested stacks", async () => {
    const { names, templates, problems } = await read(files, ["cdk.out"]);
    expect(problems).toEqual([]);
    expect(names).toEqual([
      "cdk.out/Main.template.json",
      "cdk.out/Main.template.json/Nested",
      "cdk.out/Open.template.json",
      "cdk.out/assembly-Prod/S.json",
    ]);
    expect(templates.map(({ region }) => region)).toEqual(["eu-west-1", "eu-west-1", null, "us-west-2"]);
    expect(templates[0]?.resources[0]?.construct).toBe("Main/Queue/Resource");
  });

  test("a stack whose template is missing is told of", async () => {
    const { problems } = await read({ "manifest.json": files["cdk.out/manifest.json"] });
    expect(problems.map(({ code }) => code)).toEqual(["AUD-001", "AUD-001"]);
  });

  test("another program's manifest.json is none", async () => {
    const { names } = await read({ "manifest.json": '{"name": "web"}', "a.yaml": TEMPLATE });
    expect(names).toEqual(["a.yaml"]);
  });
});

describe("nested stacks", () => {
  const child =
    "Parameters: { Name: { Type: String } }\nResources: { Q: { Type: T, Properties: { Name: !Ref Name } } }\n";

  test("are put in their place by a local path, each time, and are no templates of their own", async () => {
    const files = { "main.yaml": nesting("./sub/child.yaml", "sub/child.yaml"), "sub/child.yaml": child };
    const { names, templates, problems, files: count } = await read(files, ["main.yaml"]);
    expect(problems).toEqual([]);
    expect(names).toEqual(["main.yaml", "main.yaml/Stack0", "main.yaml/Stack1"]);
    expect(templates[1]?.parent).toEqual({ template: templates[0]?.name, resource: "Stack0" });
    expect(count).toBe(2);
    expect((await read(files)).names).toEqual(names);
  });

  test("are found by the end of a URL, where one file alone has that end and takes the parameters", async () => {
    const url = '!Sub "https://${Bucket}.s3.amazonaws.com/${Prefix}sub/child.yaml"';
    const { names } = await read({ "main.yaml": nesting(url), "sub/child.yaml": child, "other/child.yaml": child });
    expect(names).toEqual(["main.yaml", "main.yaml/Stack0", "other/child.yaml"]);
    const other = await read({ "main.yaml": nesting(url), "sub/child.yaml": TEMPLATE });
    expect(other.names).toEqual(["main.yaml", "sub/child.yaml"]);
  });

  test("that are not there are a warning, and elsewhere nothing", async () => {
    const { problems } = await read({
      "main.yaml": nesting("./none.yaml", "https://example.org/none.yaml", "!Ref Name"),
    });
    expect(problems).toMatchObject([
      { code: "AUD-015", level: "warning", at: expect.stringMatching(/main\.yaml:3$/) as string },
    ]);
  });

  test("no file outside is read by an absolute path", async () => {
    expect((await read({ "main.yaml": nesting("/etc/hostname") }, ["main.yaml"])).names).toEqual(["main.yaml"]);
  });

  test("that nest each other, or too many, end with a problem", async () => {
    const circle = await read({ "a.yaml": nesting("b.yaml"), "b.yaml": nesting("a.yaml") });
    expect(circle.names).toEqual(["a.yaml", "a.yaml/Stack0"]);
    expect(circle.problems).toMatchObject([{ code: "AUD-015", at: expect.stringMatching(/^b\.yaml:3$/) as string }]);
    const doubled = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`t${at}.yaml`, nesting(`t${at + 1}.yaml`, `t${at + 1}.yaml`)]),
    );
    const many = await read({ ...doubled, "t30.yaml": child }, ["t0.yaml"]);
    expect(many.templates.length).toBeLessThanOrEqual(2000);
    expect(many.problems.length).toBeGreaterThan(0);
  });
});

test("a Terraform plan is read, and a region given counts for what has none", async () => {
  const plan = JSON.stringify({ format_version: "1.2", planned_values: { root_module: {} } });
  const { files, problems, templates } = await read({ "plan.json": plan, "a.yaml": TEMPLATE }, ["."], {
    region: "eu-west-1",
  });
  expect(files).toBe(2);
  expect(problems).toEqual([]);
  expect(templates[0]?.region).toBe("eu-west-1");
});
