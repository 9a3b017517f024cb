import { expect, test } from "vitest";
import { looksLikeSqlInjection } from "./sql-injection.ts";

test.for([
  "' or '1'='1",
  "' or 1=1--",
  "' or 'a' like 'a",
  "1 or 1=1",
  "1) or (1=1",
  "' or true--",
  "x' and 1=2 union select null,null--",
  "-1 union all select 1,2,3",
  "1 union select username, password from users",
  "1/**/union/**/select/**/1,2",
  "1 /*!50000union*/ select 1",
  "'; drop table users;--",
  "1; delete from orders",
  "1; update users set admin=1",
  "'; exec xp_cmdshell('dir')--",
  "admin'--",
  "admin' #",
  "admin')--",
  "1 and sleep(5)",
  "'; waitfor delay '0:0:5'--",
  "1; select pg_sleep(10)",
  "1 and benchmark(1000000,md5(1))",
  "1 and (select count(*) from users) > 0",
  "' or exists(select 1 from users)--",
  "1 and ascii(substring((select password from users limit 1),1,1))>64",
  "' and extractvalue(1,concat(0x7e,version()))--",
  "1' order by 10--",
  "' having 1=1--",
  "%' and '1'='1",
  "x' and email is null; --",
  "' || (select password from users limit 1) || '",
  "x' into outfile '/tmp/x",
  "1 union select table_name from information_schema.tables",
  "select * from users",
  "' or 1 in (select @@version)--",
  "1 and case when (1=1) then 1 else 0 end",
  '" or ""="',
  '") or ("1"="1',
])("finds %j", (text) => {
  expect(looksLikeSqlInjection(text)).toBe(true);
});

test.for([
  "o'brien",
  "o'neil or d'arcy",
  "select a size",
  "please select one from the list (or two)",
  "colour (select one from the list below)",
  "rock 'n' roll -- the best of",
  "it's 5 o'clock -- and it's raining",
  "don't drop the table; update your address",
  "delivery: drop; create table setting for 6",
  "union jack, select edition",
  "credit union select account",
  "student union: select from 3 sizes",
  "drop-leaf table",
  '"red" and "blue"',
  '"red" or "blue" in stock',
  "shoes & boots = 20% off",
  "1 or 2 pieces = ok",
  "size 6' #2 and 3\" pipe",
  "price <= 100 and rating >= 4",
  "sleep (8 hours)",
  "where is my order? i want to delete it from my account",
  "insert coin into the slot",
  "ben & jerry's; mac'n'cheese",
  "l'oréal d'été, l'or rose",
  "https://shop.example.com/?a=1&b=2#top",
  "jane.o'connor+shop@example.com",
  "eyjhbgcioijiuzi1nij9.eyjzdwiioiixmjm0in0.dozjgnryp4j3jvmnhl0w5n_xgl0n3i9plfup0thsr8u",
  "/* comment */ c's best",
  "she said 'hi' or 'bye'",
  "what's the difference between s and m?",
  "#1 dad's mug (2 or more = free shipping)",
  "a=b;c=d;e=f",
  "customers' favourites or customers' classics",
])("lets %j through", (text) => {
  expect(looksLikeSqlInjection(text)).toBe(false);
});

test("takes no more than a moment over a long text that is made to be slow", () => {
  const made = [
    "'",
    "or ",
    "(",
    "select ",
    "case when ",
    "union ",
    "/*",
    "' or a",
    "; drop table ",
    "''--",
    "or (",
    "'[",
    "/*!",
    "select a,",
  ];
  for (const part of made) {
    const started = performance.now();
    looksLikeSqlInjection(part.repeat(Math.floor(16_384 / part.length)));
    expect(performance.now() - started, part).toBeLessThan(500);
  }
});
