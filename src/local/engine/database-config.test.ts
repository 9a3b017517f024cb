import { expect, test } from "vitest";
import { autoConf, conninfo, isHeld, passwordFileText, quorumOf } from "./database-config.ts";

test("a quorum names its standbys, and none means asynchronous", () => {
  expect(quorumOf(["db-a", 'odd"name'], 1)).toBe('ANY 1 ("db-a", "odd""name")');
  expect(quorumOf(["db-a"], 0)).toBe("");
  expect(quorumOf([], 1)).toBe("");
});

test("what a standby dials with holds no password, and survives quotes and backslashes twice over", () => {
  const text = conninfo({ host: "127.0.0.1", port: 5432 }, { id: "db", passwordFile: "/it's\\here" });
  expect(text).toContain("passfile='/it\\'s\\\\here'");
  const file = autoConf({ quorum: "", primaryConninfo: text });
  const written = /^primary_conninfo = '(.*)'$/m.exec(file)?.[1] ?? "";
  expect(written.replaceAll("''", "'").replaceAll("\\\\", "\\")).toBe(text);
  expect(isHeld(file)).toBe(false);
  expect(passwordFileText("a:b\\c")).toBe("*:*:*:holdfast:a\\:b\\\\c\n");
});

test("held is what is told to receive from nobody; a primary is not", () => {
  expect(isHeld(autoConf({ quorum: "", primaryConninfo: "" }))).toBe(true);
  expect(isHeld(autoConf({ quorum: "", primaryConninfo: null }))).toBe(false);
});
