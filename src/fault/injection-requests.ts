import type { CrowdRequest } from "./fault.ts";

/** No program has it: what the firewall lets through must do nothing. */
const PATH = "/holdfast-probe";

type Place = "query" | "path" | "JSON body" | "form" | "cookie";

/** What is tried, by where it is put: each a way that is known from attacks and scanners. */
const ATTACKS: Readonly<Record<Place, readonly string[]>> = {
  query: [
    "' OR '1'='1",
    "1 OR 1=1",
    "-1 OR 5*5=25",
    "1' or/**/1/**/like/**/1",
    "'or(1)=(1)#",
    "'||'1'='1",
    "1 UNION SELECT username, password FROM users",
    "' UNION ALL SELECT NULL,NULL,NULL-- -",
    "1 /*!50000UNION*/ /*!50000SELECT*/ 1,2,3",
    "1 UNION SELECT table_name FROM information_schema.tables",
    "1; DROP TABLE orders--",
    "1' AND SLEEP(5)-- -",
    "'; WAITFOR DELAY '0:0:5'--",
    "1 AND BENCHMARK(5000000,MD5(1))",
    "0'XOR(if(now()=sysdate(),sleep(15),0))XOR'Z",
    "1 AND ASCII(SUBSTRING((SELECT password FROM users LIMIT 1),1,1))>64",
    "1 AND EXTRACTVALUE(1,CONCAT(0x7e,VERSION()))",
    "1' ORDER BY 10-- -",
    `' or '{"b":2}'::jsonb <@ '{"a":1,"b":2}'::jsonb --`,
  ],
  path: ["1' OR '1'='1", "1;SELECT pg_sleep(5)--", "-1/**/UNION/**/SELECT/**/version(),2"],
  "JSON body": [
    "x' OR 'a'='a",
    "'; DELETE FROM orders; --",
    "1' || (SELECT password FROM users LIMIT 1) || '",
    "x'\tor\n1=1--",
    "' AND 1=CAST((SELECT version()) AS int)--",
  ],
  form: ["admin'-- -", `") OR ("1"="1`, "'; EXEC xp_cmdshell('dir')--", "x' INTO OUTFILE '/tmp/x"],
  cookie: ["1' OR 1=1#", "' UNION SELECT @@version,2-- -", "x' AND EXISTS(SELECT 1 FROM users)-- -"],
};

/** What people write, and programs send, that has the words and the signs of an attack. */
const HARMLESS: Readonly<Record<Place, readonly string[]>> = {
  query: [
    "O'Brien",
    "select a tea",
    "union station",
    "Western Union -- select a branch",
    "jane.o'connor+orders@example.com",
    "rock'n'roll or 'pop'",
    "#1 dad's mug (2 or more = free shipping)",
    "50% off & free shipping",
    "PHNjcmlwdD4nIE9SIDE9MSAtLQ==",
  ],
  path: ["o'neil-and-sons", "drop-leaf-table", "L'Oréal"],
  "JSON body": [
    "it's 6 o'clock -- and I'm hungry",
    'she said "yes" or "no"',
    "where did it go? drop it at table 5; update me",
    '{"filter": {"or": [["size", "=", 6], ["price", "<", 20]]}}',
  ],
  form: ["D'Arcy & Sons; select size 6' 2\"", "insert coin, then select from the menu"],
  cookie: ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", "a=b|c:d"],
};

/** Every attack and every harmless request once; what is dangerous about them is data, and nothing is ever executed. */
export const INJECTION_REQUESTS: readonly CrowdRequest[] = [
  ...requestsOf(ATTACKS, "blocked"),
  ...requestsOf(HARMLESS, "served"),
];

function requestsOf(
  texts: Readonly<Record<Place, readonly string[]>>,
  expect: CrowdRequest["expect"],
): readonly CrowdRequest[] {
  const places = Object.entries(texts) as [Place, readonly string[]][];
  return places.flatMap(([place, those]) => those.map((text) => requestWith(text, place, expect)));
}

function requestWith(text: string, place: Place, expect: CrowdRequest["expect"]): CrowdRequest {
  const usual = {
    label: `${text} in the ${place}`,
    expect,
    method: "GET",
    path: PATH,
    headers: {},
    body: null,
  } as const;
  const encoded = encodeURIComponent(text);
  const post = (type: string, body: string): CrowdRequest => {
    return { ...usual, method: "POST", headers: { "content-type": type }, body };
  };
  switch (place) {
    case "query":
      return { ...usual, path: `${PATH}?page=1&q=${encoded}` };
    case "path":
      return { ...usual, path: `${PATH}/${encoded}` };
    case "JSON body":
      return post("application/json", JSON.stringify({ id: 7, items: [{ note: text }] }));
    case "form":
      return post("application/x-www-form-urlencoded", `id=7&note=${encoded}`);
    case "cookie":
      return { ...usual, headers: { cookie: `theme=dark; last=${encoded}` } };
  }
}
