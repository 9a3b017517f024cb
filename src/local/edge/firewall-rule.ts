/**
 * The rules of the edge's firewall: AWS WAF's own statements in the shape that CloudFormation has for them (hence the
 * capitals), so that the same rules ship. One difference: an IP set is written into its rule, where AWS refers to it.
 */

type Nothing = Readonly<Record<string, never>>;

export interface TextTransformation {
  readonly Priority: number;
  readonly Type: "NONE" | "URL_DECODE" | "HTML_ENTITY_DECODE" | "LOWERCASE" | "COMPRESS_WHITE_SPACE";
}

/** The part of a request that is looked at. Of a body, the first 16 KB are, as AWS's default for CloudFront has it. */
export type FieldToMatch =
  | { readonly UriPath: Nothing }
  | { readonly QueryString: Nothing }
  | { readonly AllQueryArguments: Nothing }
  | { readonly SingleHeader: { readonly Name: string } }
  | { readonly Cookies: Nothing }
  | { readonly Method: Nothing }
  | { readonly Body: Nothing };

interface Matching {
  readonly FieldToMatch: FieldToMatch;
  readonly TextTransformations: readonly TextTransformation[];
}

export type ComparisonOperator = "EQ" | "NE" | "LE" | "LT" | "GE" | "GT";
export type PositionalConstraint = "EXACTLY" | "STARTS_WITH" | "ENDS_WITH" | "CONTAINS" | "CONTAINS_WORD";

export type Statement =
  /** True while one address has sent more than `Limit` requests (that fit the scope) within the window. */
  | {
      readonly RateBasedStatement: {
        readonly Limit: number;
        readonly AggregateKeyType: "IP";
        readonly EvaluationWindowSec?: 60 | 120 | 300 | 600;
        readonly ScopeDownStatement?: Statement;
      };
    }
  | { readonly IPSetStatement: { readonly Addresses: readonly string[] } }
  | {
      readonly ByteMatchStatement: Matching & {
        readonly SearchString: string;
        readonly PositionalConstraint: PositionalConstraint;
      };
    }
  | { readonly RegexMatchStatement: Matching & { readonly RegexString: string } }
  | {
      readonly SizeConstraintStatement: Matching & {
        readonly ComparisonOperator: ComparisonOperator;
        readonly Size: number;
      };
    }
  | { readonly SqliMatchStatement: Matching }
  | { readonly GeoMatchStatement: { readonly CountryCodes: readonly string[] } }
  | { readonly AndStatement: { readonly Statements: readonly Statement[] } }
  | { readonly OrStatement: { readonly Statements: readonly Statement[] } }
  | { readonly NotStatement: { readonly Statement: Statement } };

/** A rule of one's own. Rules are tried by priority, the lowest first; the first that allows or blocks decides. */
export interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action: { readonly Allow: Nothing } | { readonly Block: Nothing } | { readonly Count: Nothing };
  readonly Statement: Statement;
}

const MANAGED_TRANSFORMATIONS: readonly TextTransformation[] = [
  { Priority: 0, Type: "URL_DECODE" },
  { Priority: 1, Type: "HTML_ENTITY_DECODE" },
  { Priority: 2, Type: "LOWERCASE" },
  { Priority: 3, Type: "COMPRESS_WHITE_SPACE" },
];

/**
 * The rules for a definition's firewall settings: a limit on the rate of one address, and the managed group
 * `sql-injection`, which approximates AWSManagedRulesSQLiRuleSet: query arguments, body, cookies and path are
 * searched. See `sql-injection.ts` for what it does not find.
 */
export function rulesOf(firewall: {
  readonly rateLimit: number | null;
  readonly managedRules: readonly "sql-injection"[];
}): Rule[] {
  const rate: Rule[] =
    firewall.rateLimit === null
      ? []
      : [
          {
            Name: "rate-limit",
            Priority: 0,
            Action: { Block: {} },
            Statement: { RateBasedStatement: { Limit: firewall.rateLimit, AggregateKeyType: "IP" } },
          },
        ];
  const fields: FieldToMatch[] = [{ AllQueryArguments: {} }, { Body: {} }, { Cookies: {} }, { UriPath: {} }];
  const managed = firewall.managedRules.map((name, at): Rule => {
    const Statements = fields.map((FieldToMatch) => ({
      SqliMatchStatement: { FieldToMatch, TextTransformations: MANAGED_TRANSFORMATIONS },
    }));
    return { Name: name, Priority: 1 + at, Action: { Block: {} }, Statement: { OrStatement: { Statements } } };
  });
  return [...rate, ...managed];
}
