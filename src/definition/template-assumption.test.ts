import { describe, expect, test } from "vitest";
import { readTemplateAssumptions } from "./template-assumption.ts";

describe("what is said of templates", () => {
  test("is what a file says, and null or empty where it says nothing", () => {
    const said = {
      peak: "500 requests/second",
      tasks: { Api: { count: 6 } },
      zones: { "orders.yaml#Database": ["us-east-1a"] },
      failures: { zone: { between: "20 days" } },
    };
    expect(readTemplateAssumptions(said, "a.yaml")).toMatchObject({
      region: null,
      entries: [],
      needs: {},
      peak: 500,
      tasks: { Api: { count: 6, bears: null } },
      zones: { "orders.yaml#Database": ["us-east-1a"] },
      failures: { zone: { between: [20 * 86_400_000, 20 * 86_400_000] }, region: null },
    });
    expect(readTemplateAssumptions(null, "empty.yaml")).toEqual(readTemplateAssumptions({}, "empty.yaml"));
  });

  test("fails with all that is wrong with it at once, each with its place", () => {
    const said = { peek: 1, tasks: { Api: { count: 0 } }, entries: ["A", "A"] };
    expect(() => readTemplateAssumptions(said, "a.yaml")).toThrow(
      expect.objectContaining({
        code: "DEF-024",
        at: "a.yaml",
        message: expect.stringMatching(
          /3 problems[\s\S]*DEF-003 peek[\s\S]*DEF-012 entries\[1\][\s\S]*tasks\.Api\.count/,
        ),
      }),
    );
    expect(() => readTemplateAssumptions({ peak: "fast" }, "a.yaml")).toThrow(
      expect.objectContaining({ code: "DEF-019", at: "a.yaml: peak" }),
    );
  });
});
