import { describe, expect, test } from "vitest";
import { Dependence, type Need, type Part } from "./dependence.ts";

function part(id: string, zones: readonly string[] = [], ...needs: readonly Need[]): Part {
  return { id, place: { region: "r", zones }, needs };
}

function need(of: readonly string[], atLeast = 1, isSure = true): Need {
  return { of, atLeast, isSure };
}

describe("what stops", () => {
  test("stops with the last that it needs, and not before", () => {
    const graph = new Dependence([part("a", ["z0"]), part("b", ["z1"]), part("app", [], need(["a", "b"]))]);
    expect(graph.lose({ sure: ["a"], possible: [] }).stops).toEqual(["a"]);
    expect(graph.lose({ sure: ["a", "b"], possible: [] }).stops).toEqual(["a", "b", "app"]);
  });

  test("stops where fewer are left than it needs", () => {
    const members = ["a", "b", "c"].map((id) => part(id));
    const graph = new Dependence([...members, part("quorum", [], need(["a", "b", "c"], 2))]);
    expect(graph.lose({ sure: ["a"], possible: [] }).stops).not.toContain("quorum");
    expect(graph.lose({ sure: ["a", "c"], possible: [] }).stops).toContain("quorum");
  });

  test("is told with the path to what was lost", () => {
    const graph = new Dependence([
      part("nat", ["z0"]),
      part("subnet", [], need(["nat"])),
      part("task 0", ["z0"]),
      part("task 1", ["z1"], need(["subnet"])),
      part("service", [], need(["task 0", "task 1"])),
    ]);
    const outcome = graph.lose(graph.at("zone", "z0"));
    expect(outcome.stops).toContain("service");
    expect(outcome.path("service")).toEqual(["service", "task 1", "subnet", "nat"]);
  });

  test("is found where parts need each other", () => {
    const graph = new Dependence([part("a", [], need(["b"])), part("b", [], need(["a"]), need(["c"])), part("c")]);
    expect(graph.lose({ sure: [], possible: [] }).stops).toEqual([]);
    const outcome = graph.lose({ sure: ["c"], possible: [] });
    expect(outcome.stops).toEqual(["c", "b", "a"]);
    expect(outcome.path("a")).toEqual(["a", "b", "c"]);
  });

  test("includes what never had what it needs", () => {
    const graph = new Dependence([part("a", [], need([], 1)), part("b", [], need(["a"]))]);
    expect(graph.lose({ sure: [], possible: [] }).stops).toEqual(["a", "b"]);
  });
});

describe("what may stop", () => {
  test("is what stands in one of several zones, and what needs that", () => {
    const graph = new Dependence([part("db", ["z0", "z1"]), part("app", ["z1"], need(["db"]))]);
    const outcome = graph.lose(graph.at("zone", "z0"));
    expect(outcome).toMatchObject({ stops: [], mayStop: ["db", "app"] });
    expect(outcome.path("app")).toEqual(["app", "db"]);
  });

  test("is what only likely needs what was lost", () => {
    const graph = new Dependence([part("table"), part("app", [], need(["table"], 1, false))]);
    expect(graph.lose({ sure: ["table"], possible: [] })).toMatchObject({ stops: ["table"], mayStop: ["app"] });
  });

  test("is never also among what stops", () => {
    const graph = new Dependence([part("db"), part("app", [], need(["db"], 1, false), need(["db"]))]);
    expect(graph.lose({ sure: ["db"], possible: [] })).toMatchObject({ stops: ["db", "app"], mayStop: [] });
  });
});

describe("a place", () => {
  test("of a region holds all that stands in it, whatever the zone", () => {
    const graph = new Dependence([
      part("a", ["z0"]),
      part("b"),
      { id: "edge", place: { region: null, zones: [] }, needs: [] },
    ]);
    expect(graph.at("region", "r")).toEqual({ sure: ["a", "b"], possible: [] });
  });
});

test("a chain of a hundred thousand parts is followed at once", () => {
  const ids = Array.from({ length: 100_000 }, (_, at) => `p${at}`);
  const graph = new Dependence(ids.map((id, at) => part(id, [], ...(at === 0 ? [] : [need([`p${at - 1}`])]))));
  expect(graph.lose({ sure: ["p0"], possible: [] }).stops).toHaveLength(100_000);
});

test("of a path that is too long its beginning and its end are told", () => {
  const ids = Array.from({ length: 100 }, (_, at) => `p${at}`);
  const graph = new Dependence(ids.map((id, at) => part(id, [], ...(at === 0 ? [] : [need([`p${at - 1}`])]))));
  const outcome = graph.lose({ sure: ["p0"], possible: [] });
  expect(outcome.path("p99", 3)).toEqual(["p99", "p98", "p97", "p0"]);
  expect(outcome.path("p2", 3)).toEqual(["p2", "p1", "p0"]);
  expect(outcome.cause("p2")).toBe("p1");
});

describe("what stops with one alone", () => {
  test("is what each of them stops by itself, and not what they stop together", () => {
    const graph = new Dependence([
      part("a"),
      part("b"),
      part("either", [], need(["a", "b"])),
      part("app", [], need(["a"])),
      part("door", [], need(["either", "app"])),
    ]);
    expect([...graph.stoppedByOne(["a", "b"])].toSorted()).toEqual(["a", "app", "b"]);
  });

  test("is found at once where thousands each stop thousands", () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => `p${at}`);
    const graph = new Dependence(ids.map((id, at) => part(id, [], ...(at === 0 ? [] : [need([`p${at - 1}`])]))));
    expect(graph.stoppedByOne(ids).size).toBe(20_000);
  });
});
