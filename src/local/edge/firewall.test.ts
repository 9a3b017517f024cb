import { expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { INJECTION_REQUESTS } from "../../fault/injection-requests.ts";
import { type FieldToMatch, type Rule, type Statement, type TextTransformation, rulesOf } from "./firewall-rule.ts";
import { type InspectedRequest, type Verdict, createFirewall } from "./firewall.ts";

let now = 0;
const clock = { ...systemClock, now: () => now };

const plain: InspectedRequest = {
  address: "10.0.0.1",
  country: "DE",
  method: "GET",
  path: "/",
  query: "",
  headers: {},
  body: Buffer.alloc(0),
};

function rule(Statement: Statement, Action: Rule["Action"] = { Block: {} }, Priority = 0): Rule {
  return { Name: `rule-${Priority}`, Priority, Action, Statement };
}

function inspect(rules: readonly Rule[], request: Partial<InspectedRequest>, paceFactor = 1): Verdict {
  return createFirewall(rules, { clock, paceFactor }).inspect({ ...plain, ...request });
}

function fits(Statement: Statement, request: Partial<InspectedRequest>): boolean {
  return inspect([rule(Statement)], request).action === "block";
}

const over = (FieldToMatch: FieldToMatch, ...types: TextTransformation["Type"][]) => ({
  FieldToMatch,
  TextTransformations: types.map((Type, Priority) => ({ Priority, Type })),
});

test("blocks an address above its rate once that was noticed and while it lasts, and no other", () => {
  now = 0;
  const limited: string[] = [];
  const onLimited = (address: string): void => void limited.push(`${address} at ${now}`);
  const firewall = createFirewall(rulesOf({ rateLimit: 100, managedRules: [] }), { clock, paceFactor: 1, onLimited });
  const send = (address: string, count: number): number => {
    const verdicts = Array.from({ length: count }, () => firewall.inspect({ ...plain, address }).action);
    return verdicts.filter((action) => action === "block").length;
  };
  expect(send("10.0.0.1", 100)).toBe(0);
  expect(send("10.0.0.1", 10)).toBe(0);
  now = 29_999;
  expect(send("10.0.0.1", 10)).toBe(0);
  now = 30_000;
  expect(send("10.0.0.1", 10)).toBe(10);
  expect(send("10.0.0.2", 10)).toBe(0);
  now = 150_000;
  expect(send("10.0.0.1", 1)).toBe(1);
  now = 340_000;
  expect(send("10.0.0.1", 99)).toBe(0);
  // What was blocked counts too.
  expect(send("10.0.0.1", 1)).toBe(0);
  now = 370_000;
  expect(send("10.0.0.1", 2)).toBe(2);
  expect(limited).toEqual(["10.0.0.1 at 30000", "10.0.0.1 at 370000"]);
});

test("at a faster pace the same rate is too high, and found out sooner", () => {
  const blockedAfter = (paceFactor: number): number => {
    now = 0;
    const firewall = createFirewall(rulesOf({ rateLimit: 2_000, managedRules: [] }), { clock, paceFactor });
    while (firewall.inspect(plain).action === "allow" && now < 3_600_000) now += 5; // 200 a second
    return now;
  };
  expect(blockedAfter(1)).toBe(40_000);
  expect(blockedAfter(10)).toBe(4_000);
  now = 0;
  const slow = createFirewall(rulesOf({ rateLimit: 2_000, managedRules: [] }), { clock, paceFactor: 10 });
  for (; now < 600_000; now += 155) expect(slow.inspect(plain).action).toBe("allow"); // 6.45 a second; 6.67 are allowed
});

test("a rate counts only what is in its scope", () => {
  now = 0;
  const post = {
    ByteMatchStatement: { ...over({ Method: {} }), SearchString: "POST", PositionalConstraint: "EXACTLY" },
  } as const;
  const statement = { RateBasedStatement: { Limit: 10, AggregateKeyType: "IP", ScopeDownStatement: post } } as const;
  const firewall = createFirewall([rule(statement)], { clock, paceFactor: 1 });
  for (let request = 0; request < 50; request++) expect(firewall.inspect(plain).action).toBe("allow");
  const post11 = Array.from({ length: 11 }, () => firewall.inspect({ ...plain, method: "POST" }).action);
  expect(new Set(post11)).toEqual(new Set(["allow"]));
  now = 30_000;
  expect(firewall.inspect({ ...plain, method: "POST" }).action).toBe("block");
});

test("rules are tried by priority, those that count go on, and the first that allows or blocks decides", () => {
  const always = { SizeConstraintStatement: { ...over({ UriPath: {} }), ComparisonOperator: "GE", Size: 0 } } as const;
  const rules = [rule(always, { Block: {} }, 3), rule(always, { Count: {} }, 1), rule(always, { Allow: {} }, 2)];
  expect(inspect(rules, {})).toEqual({ action: "allow", rule: "rule-2", counted: ["rule-1"] });
  expect(inspect([], {})).toEqual({ action: "allow", rule: null, counted: [] });
});

test("matches addresses, countries, bytes, expressions and sizes, and what is put together from them", () => {
  const addresses = { IPSetStatement: { Addresses: ["10.0.0.0/24", "2001:db8::/32"] } };
  expect(fits(addresses, { address: "10.0.0.200" })).toBe(true);
  expect(fits(addresses, { address: "10.0.1.1" })).toBe(false);
  expect(fits(addresses, { address: "2001:db8::1" })).toBe(true);
  const country = { GeoMatchStatement: { CountryCodes: ["FR"] } };
  expect([fits(country, { country: "FR" }), fits(country, {}), fits(country, { country: null })]).toEqual([
    true,
    false,
    false,
  ]);
  const bytes = (
    PositionalConstraint: "STARTS_WITH" | "ENDS_WITH" | "CONTAINS" | "CONTAINS_WORD",
    SearchString: string,
  ) =>
    fits(
      { ByteMatchStatement: { ...over({ UriPath: {} }), SearchString, PositionalConstraint } },
      { path: "/admin.v1/x" },
    );
  expect([bytes("STARTS_WITH", "/admin"), bytes("ENDS_WITH", "/x"), bytes("CONTAINS", "min")]).toEqual([
    true,
    true,
    true,
  ]);
  expect([
    bytes("CONTAINS_WORD", "min"),
    bytes("CONTAINS_WORD", "admin.v1"),
    bytes("CONTAINS_WORD", "adminXv1"),
  ]).toEqual([false, true, false]);
  const robot = {
    RegexMatchStatement: { ...over({ SingleHeader: { Name: "User-Agent" } }, "LOWERCASE"), RegexString: "^bad.*bot$" },
  };
  expect(fits(robot, { headers: { "user-agent": "BAD old Bot" } })).toBe(true);
  expect(fits(robot, {})).toBe(false);
  const large = { SizeConstraintStatement: { ...over({ Body: {} }), ComparisonOperator: "GT", Size: 3 } } as const;
  expect([fits(large, { body: Buffer.from("äö") }), fits(large, { body: Buffer.from("abc") })]).toEqual([true, false]);
  expect(fits({ AndStatement: { Statements: [country, large] } }, { country: "FR" })).toBe(false);
  expect(fits({ OrStatement: { Statements: [country, large] } }, { country: "FR" })).toBe(true);
  expect(fits({ NotStatement: { Statement: country } }, { country: "FR" })).toBe(false);
});

test("text is transformed in the order of the priorities before it is matched", () => {
  const statement = (...types: TextTransformation["Type"][]): Statement => ({
    ByteMatchStatement: {
      ...over({ QueryString: {} }, ...types),
      SearchString: "<b> x",
      PositionalConstraint: "CONTAINS",
    },
  });
  const query = "q=%26LT%3BB%26gt%3B+%20%09X";
  expect(fits(statement("URL_DECODE", "HTML_ENTITY_DECODE", "LOWERCASE", "COMPRESS_WHITE_SPACE"), { query })).toBe(
    true,
  );
  expect(fits(statement("HTML_ENTITY_DECODE", "URL_DECODE", "LOWERCASE", "COMPRESS_WHITE_SPACE"), { query })).toBe(
    false,
  );
  expect(fits(statement("NONE"), { query: "&#x110000;&#9999999;%zz%" })).toBe(false);
});

const managed = rulesOf({ rateLimit: null, managedRules: ["sql-injection"] });
const json = { "content-type": "application/json" };

test("finds an injection in a query, a form, JSON, a cookie and a path, encoded or not", () => {
  const attack = "x' OR '1'='1";
  const blocks = (request: Partial<InspectedRequest>): boolean => inspect(managed, request).action === "block";
  expect(blocks({ query: `a=1&q=${encodeURIComponent(attack)}` })).toBe(true);
  expect(blocks({ query: "q=x%26%2339%3B%20or%20%26%2339%3B1%26%2339%3B%3D%26%2339%3B1" })).toBe(true);
  const form = { "content-type": "application/x-www-form-urlencoded" };
  expect(blocks({ headers: form, body: Buffer.from(`a=1&q=${encodeURIComponent(attack)}`) })).toBe(true);
  expect(blocks({ headers: json, body: Buffer.from(JSON.stringify({ items: [{ note: attack }] })) })).toBe(true);
  expect(blocks({ headers: json, body: Buffer.from(String.raw`{"note":"x\u0027 or \u00271\u0027=\u00271"}`) })).toBe(
    true,
  );
  expect(blocks({ headers: json, body: Buffer.from(`{"note":"${attack}`) })).toBe(true);
  expect(blocks({ body: Buffer.from(attack) })).toBe(true);
  expect(blocks({ headers: { cookie: `a=1; session=${encodeURIComponent(attack)}` } })).toBe(true);
  expect(blocks({ path: `/items/${encodeURIComponent(attack)}` })).toBe(true);
});

test.for(INJECTION_REQUESTS.map((request) => [request.label, request] as const))(
  "judges as the drill of it expects: %s",
  ([, { method, path: url, headers, body, expect: expected }]) => {
    const [path = "", query = ""] = url.split("?");
    const { action } = inspect(managed, { method, path, query, headers, body: Buffer.from(body ?? "") });
    expect(action).toBe(expected === "blocked" ? "block" : "allow");
  },
);

test("lets JSON through whose own quotes and signs would look like an attack", () => {
  const body = JSON.stringify({
    or: "=",
    and: 1,
    "a--b": ["'", "or", "=", "1"],
    name: "O'Brien",
    text: 'he said "or" #1',
  });
  expect(inspect(managed, { headers: json, body: Buffer.from(body) }).action).toBe("allow");
});
