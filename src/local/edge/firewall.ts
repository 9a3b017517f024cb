import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";
import type { Clock } from "../../base/clock.ts";
import { WAF } from "../../facts/timing.ts";
import type { ComparisonOperator, FieldToMatch, PositionalConstraint, Rule, Statement } from "./firewall-rule.ts";
import { RateLimit } from "./rate-limit.ts";
import { looksLikeSqlInjection } from "./sql-injection.ts";
import { transform } from "./text-transformation.ts";

/** How much of a body the firewall looks at: AWS WAF's default for CloudFront. */
export const INSPECTED_BODY_BYTES = 16_384;

/** A request as the firewall sees it. */
export interface InspectedRequest {
  readonly address: string;
  /** Country code of the address, by whatever label the world has for it; null: not known. */
  readonly country: string | null;
  readonly method: string;
  /** Path without its query, as it was sent. */
  readonly path: string;
  /** What follows the question mark; empty where there is none. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** At most {@link INSPECTED_BODY_BYTES} of it. */
  readonly body: Buffer;
}

export interface Verdict {
  readonly action: "allow" | "block";
  /** The rule that decided; null where none did, which allows. */
  readonly rule: string | null;
  /** Rules that only count and that fitted. */
  readonly counted: readonly string[];
}

type Test = (request: InspectedRequest) => boolean;

/** Decides over requests; has memory only for rate-based rules. */
export interface Firewall {
  inspect(request: InspectedRequest): Verdict;
}

/** What a firewall is built with. */
export interface FirewallOptions {
  readonly clock: Clock;
  /**
   * Shortens the window of rate-based rules, their limit and the time until they act alike: the rate that is too high
   * stays the same, and it is found out sooner.
   */
  readonly paceFactor: number;
  /** A rate-based rule has noticed that an address is above its limit. @default nobody hears */
  readonly onLimited?: (address: string) => void;
}

/** Builds a firewall from rules. Throws a SyntaxError where a rule's regular expression is none. */
export function createFirewall(rules: readonly Rule[], options: FirewallOptions): Firewall {
  const compiled = rules
    .toSorted((a, b) => a.Priority - b.Priority)
    .map(({ Name, Action, Statement }) => ({ name: Name, action: Action, test: compile(Statement, options) }));
  return {
    inspect(request) {
      const counted: string[] = [];
      for (const { name, action, test } of compiled) {
        if (!test(request)) continue;
        if ("Block" in action) return { action: "block", rule: name, counted };
        if ("Allow" in action) return { action: "allow", rule: name, counted };
        counted.push(name);
      }
      return { action: "allow", rule: null, counted };
    },
  };
}

function compile(statement: Statement, options: FirewallOptions): Test {
  const all = (statements: readonly Statement[]): Test[] => statements.map((each) => compile(each, options));
  if ("AndStatement" in statement) {
    const tests = all(statement.AndStatement.Statements);
    return (request) => tests.every((test) => test(request));
  }
  if ("OrStatement" in statement) {
    const tests = all(statement.OrStatement.Statements);
    return (request) => tests.some((test) => test(request));
  }
  if ("NotStatement" in statement) {
    const test = compile(statement.NotStatement.Statement, options);
    return (request) => !test(request);
  }
  if ("RateBasedStatement" in statement) return rateTest(statement.RateBasedStatement, options);
  if ("IPSetStatement" in statement) return addressTest(statement.IPSetStatement.Addresses);
  if ("GeoMatchStatement" in statement) {
    const { CountryCodes } = statement.GeoMatchStatement;
    return ({ country }) => country !== null && CountryCodes.includes(country);
  }
  return fieldTest(statement);
}

type RateBased = Extract<Statement, { RateBasedStatement: unknown }>["RateBasedStatement"];

function rateTest(rate: RateBased, options: FirewallOptions): Test {
  const { clock, paceFactor, onLimited = () => undefined } = options;
  const { EvaluationWindowSec: seconds } = rate;
  const limit = new RateLimit({
    clock,
    windowMs: (seconds === undefined ? WAF.rateWindow.value : 1_000 * seconds) / paceFactor,
    limit: Math.max(1, rate.Limit / paceFactor),
    detectionMs: WAF.rateDetection.value / paceFactor,
    onLimited,
  });
  const inScope = rate.ScopeDownStatement ? compile(rate.ScopeDownStatement, options) : () => true;
  return (request) => inScope(request) && limit.isExceeded(request.address);
}

function addressTest(ranges: readonly string[]): Test {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", prefix] = range.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    list.addSubnet(address, prefix === undefined ? (family === "ipv6" ? 128 : 32) : Number(prefix), family);
  }
  return ({ address }) => list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

type OverField = Extract<
  Statement,
  | { ByteMatchStatement: unknown }
  | { RegexMatchStatement: unknown }
  | { SizeConstraintStatement: unknown }
  | { SqliMatchStatement: unknown }
>;

/** Tests one part of a request; where it has several values, one that fits is enough. */
function fieldTest(statement: OverField): Test {
  const over = (matching: { FieldToMatch: FieldToMatch; TextTransformations: Parameters<typeof transform>[1] }) => {
    const { FieldToMatch: field, TextTransformations: transformations } = matching;
    return (
      values: (request: InspectedRequest, field: FieldToMatch) => readonly string[],
      fits: (text: string) => boolean,
    ): Test =>
      (request) =>
        values(request, field).some((value) => fits(transform(value, transformations)));
  };
  if ("ByteMatchStatement" in statement) {
    const { SearchString, PositionalConstraint } = statement.ByteMatchStatement;
    return over(statement.ByteMatchStatement)(valuesOf, POSITION[PositionalConstraint](SearchString));
  }
  if ("RegexMatchStatement" in statement) {
    const expression = new RegExp(statement.RegexMatchStatement.RegexString, "s");
    return over(statement.RegexMatchStatement)(valuesOf, (text) => expression.test(text));
  }
  if ("SizeConstraintStatement" in statement) {
    const { ComparisonOperator, Size } = statement.SizeConstraintStatement;
    return over(statement.SizeConstraintStatement)(valuesOf, (text) =>
      COMPARE[ComparisonOperator](Buffer.byteLength(text), Size),
    );
  }
  return over(statement.SqliMatchStatement)(literalsOf, looksLikeSqlInjection);
}

const COMPARE: Readonly<Record<ComparisonOperator, (size: number, limit: number) => boolean>> = {
  EQ: (size, limit) => size === limit,
  NE: (size, limit) => size !== limit,
  LE: (size, limit) => size <= limit,
  LT: (size, limit) => size < limit,
  GE: (size, limit) => size >= limit,
  GT: (size, limit) => size > limit,
};

const POSITION: Readonly<Record<PositionalConstraint, (search: string) => (text: string) => boolean>> = {
  EXACTLY: (search) => (text) => text === search,
  STARTS_WITH: (search) => (text) => text.startsWith(search),
  ENDS_WITH: (search) => (text) => text.endsWith(search),
  CONTAINS: (search) => (text) => text.includes(search),
  CONTAINS_WORD: (search) => {
    const expression = new RegExp(`(?<!\\w)${search.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?!\\w)`);
    return (text) => expression.test(text);
  },
};

function valuesOf(request: InspectedRequest, field: FieldToMatch): readonly string[] {
  if ("UriPath" in field) return [request.path];
  if ("QueryString" in field) return [request.query];
  if ("AllQueryArguments" in field) return request.query === "" ? [] : request.query.split(/[&=]/);
  if ("Method" in field) return [request.method];
  if ("Body" in field) return request.body.length === 0 ? [] : [request.body.toString()];
  if ("Cookies" in field)
    return request.headers.cookie?.split(/; ?/).map((pair) => pair.slice(pair.indexOf("=") + 1)) ?? [];
  const value = request.headers[field.SingleHeader.Name.toLowerCase()];
  return value === undefined ? [] : [String(value)];
}

/**
 * As {@link valuesOf}, with a body taken apart: quotes that belong to JSON, or signs that belong to a form, are no
 * one's attack.
 */
function literalsOf(request: InspectedRequest, field: FieldToMatch): readonly string[] {
  const values = valuesOf(request, field);
  if (!("Body" in field) || values.length === 0) return values;
  const [body = ""] = values;
  const type = request.headers["content-type"] ?? "";
  if (type.includes("x-www-form-urlencoded")) return body.split(/[&=]/);
  if (!type.includes("json")) return values;
  // By expression, since a body that was cut at the limit does not parse; the last string may lack its end.
  return [...body.matchAll(/"((?:[^"\\]|\\.)*)(?:"|$)/gs)].map(([, text = ""]) => unescape(text));
}

function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  const plain: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };
  return text.replaceAll(/\\(?:u([\da-f]{4})|(.))/gis, (_whole, code, sign) =>
    code === undefined ? (plain[sign] ?? sign) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
