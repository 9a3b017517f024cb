/**
 * Tells SQL injection from ordinary text, by what an attack must contain: a way out of a literal together with SQL
 * behind it. Stands in for the SQL injection detection of AWS WAF. It is a set of patterns, not a parser, so it does
 * not find: second-order attacks, statements put together from several arguments, encodings other than URL and HTML
 * (hexadecimal literals, char() chains), dialects' rare functions, NoSQL injection, or anything after the first 16 KB
 * of a body. It rather lets an odd attack pass than blocks a customer: drills use well-known payloads.
 */

const OPERAND = String.raw`(?:'[^']*'?|"[^"]*"?|[\w@.]+(?:\([^()]*\))?)(?:::\w+)?\){0,4}`;
/** A number, or a short calculation. */
const NUMBER = String.raw`\d+(?:\s?[*+/-]\s?\d+){0,3}`;
const COMPARISON = String.raw`(?:[=<>]|!=|like\s*['"]|in\s*\(|between\s*['"\d]|is\s+(?:not\s+)?null|r?like\s|regexp\s)`;
const FUNCTIONS =
  "pg_sleep|dbms_pipe\\.receive_message|dbms_lock\\.sleep|utl_http\\.request|utl_inaddr\\.\\w+|" +
  "extractvalue|updatexml|load_file|load_extension";
const CATALOGUES =
  "information_schema|pg_catalog|pg_shadow|sqlite_master|sqlite_schema|sysobjects|syscolumns|mysql\\.user|v\\$version";
const SELECTED =
  "count|concat|group_concat|substring|substr|ascii|user|database|version|char|chr|length|cast|convert|hex|if";
const OBJECTS = "table|database|schema|view|index|user|procedure|function";

/** Each is one thing that attacks do, over text in lower case with single blanks. */
const PATTERNS: readonly RegExp[] = [
  // Leaves a literal and compares: ' or 'a'='a
  new RegExp(String.raw`['")]\s*(?:or|and|xor|\|\||&&)\s*\({0,4}\s*(?:not\s+)?\({0,4}\s*${OPERAND}\s*${COMPARISON}`),
  // Leaves a literal with what is always true, and drops the rest: ' or true --
  new RegExp(
    String.raw`['")]\s*(?:or|and|xor|\|\||&&)\s*\({0,4}\s*(?:not\s+)?(?:true|false|\d+)\s*\){0,4}\s*` +
      String.raw`(?:--|#|;|\/\*|(?:or|and)\s*['"])`,
  ),
  // Compares numbers or equal literals without leaving one: 1 or 1=1
  new RegExp(
    String.raw`(?:\b(?:or|and|xor)|\d\s*(?:\|\||&&))\s*\({0,4}\s*(?:not\s+)?${NUMBER}\s*` +
      String.raw`(?:[=<>]|<=|>=|<>|!=|like)\s*\({0,4}\d+`,
  ),
  /\b(?:or|and|xor)\s*\({0,4}\s*(['"])([^'"]*)\1\s*(?:=|like)\s*\1?\2/,
  // Adds another query's rows.
  /\bunion\s*(?:all\s+|distinct\s+)?\({0,4}\s*select\b\s*\({0,4}(?:['"\d@*(]|null\b|\w+\s*\()/,
  /\bunion\s*(?:all\s+|distinct\s+)?\({0,4}\s*select\s+[\w.`]+(?:\s*,\s*[\w.`]+)*\s+from\s+\w/,
  // Adds another statement.
  new RegExp(
    String.raw`;\s*(?:drop|alter|create|truncate)\s+(?:${OBJECTS})\s+(?:if\s+(?:not\s+)?exists\s+)?[\w.\x60"[\]]+` +
      String.raw`\s*(?:;|--|#|\(|cascade\b|add\b|drop\b|$)`,
  ),
  /;\s*(?:delete\s+from\s+\w+|insert\s+into\s+\w+\s*[(v]|update\s+\w+\s+set\s+\w+\s*=)/,
  /;\s*(?:declare\s+@|select\s+(?:\*|\w+\s*\()|grant\s+\w+(?:\s+privileges)?\s+on\s+\w+\s+to\s)/,
  /;\s*(?:exec|execute)\s*[( ]\s*(?:xp_|sp_|master\b|@|immediate\b)|;\s*shutdown\s*(?:--|;|with\b|$)/,
  // Asks a query inside of a condition.
  new RegExp(
    String.raw`(?:\b(?:and|or|not|in|exists|when)|[=<>+\-|(])\s*\(\s*select\b.{1,200}?\bfrom\s+[\w.\x60"]+` +
      String.raw`\s*(?:\)|where\b|limit\b|group by\b|order by\b|,|--|#|;)`,
  ),
  new RegExp(String.raw`\bselect\s+(?:\*\s*from\s+\w|(?:distinct\s+)?(?:${SELECTED})\s*\()`),
  /\bexists\s*\(\s*select\b/,
  /\bcase\s+when\s.{0,100}[=<>].{0,100}\bthen\b/,
  // Takes its time, or reaches out.
  new RegExp(String.raw`\b(?:${FUNCTIONS})\s*\(`),
  /\bbenchmark\s*\(\s*\d+\s*,|\bwaitfor\s+(?:delay|time)\s*'|\bxp_(?:cmdshell|dirtree|regread)\b/,
  /(?:\b(?:and|or|xor|select|when|then)\b|['"|(;,=+-])\s*\({0,4}\s*sleep\s*\(\s*\d/,
  // Looks at the database itself.
  new RegExp(String.raw`\b(?:${CATALOGUES})\b|@@(?:version|hostname|datadir|servername|global)\b`),
  // Probes for columns; writes files; joins literals.
  /['")]\s*\){0,4}\s*(?:order|group)\s+by\s+\d|\binto\s+(?:out|dump)file\s*['"]/,
  /(?:['")\d]|group\s+by\s+\w+)\s*having\s+\d+\s*[=<>]/,
  /['"]\s*\|\|\s*(?:['"(]|\w+\s*\()|\bprocedure\s+analyse\s*\(/,
  // Compares the literal that it is in with an empty one, and is nothing else: '='
  /^['"]\s*(?:=|like)\s*['"]$/,
];

/** Leaves a literal and drops the rest of the statement: admin'-- */
const COMMENT_TAIL = /(['"])\)*(?:(?:;?--|#|\/\*)|\s+(?:--|#)\s*$)/g;

/** Whether `text` is likely an attempt. It should be in lower case, with single blanks, and decoded. */
export function looksLikeSqlInjection(text: string): boolean {
  // An attack has at least a quote, a comment, an operator or a call; most texts have none and are done here.
  if (!/['"();=<>|@#*_]|--|\bunion\b/.test(text)) return false;
  // Comments stand for blanks, but MySQL runs those with an exclamation mark.
  const plain = text
    .replaceAll(/\/\*!\d*([^*]*)\*\//g, " $1 ")
    .replaceAll(/\/\*[^*]*\*\//g, " ")
    .replaceAll(/\s+/g, " ");
  return PATTERNS.some((pattern) => pattern.test(plain)) || hasCommentTail(plain);
}

/** A quote closes a literal that the attacker did not open where it is one without a partner. */
function hasCommentTail(text: string): boolean {
  const seen: Record<string, number> = { "'": 0, '"': 0 };
  let at = 0;
  for (const { index, 1: quote = "'" } of text.matchAll(COMMENT_TAIL)) {
    for (; at <= index; at++) if (text[at] === "'" || text[at] === '"') seen[text[at]!]! += 1; // these are its keys
    if (seen[quote]! % 2 === 1) return true; // one of the two
  }
  return false;
}
