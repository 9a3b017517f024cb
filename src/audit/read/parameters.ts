import { UserError } from "../../base/error.ts";
import { type Json, type JsonRecord, isRecord, own, recordOf } from "./document.ts";
import { readSource } from "./source.ts";

/**
 * The values of parameters that a file gives, in any of the forms that AWS's tools take: a list of
 * `{ParameterKey, ParameterValue}`, a mapping under `Parameters`, or a mapping alone; YAML or JSON. Throws a
 * `UserError` where it is none of them.
 */
export function readParameters(file: string, text: string): JsonRecord {
  const { data } = readSource(file, text);
  if (Array.isArray(data))
    return recordOf((data as readonly Json[]).map((each, at) => entryOf(each, `${file}[${at}]`)));
  const section = own(data, "Parameters");
  const values = isRecord(section) ? section : data;
  if (!isRecord(values)) throw notOfItsForm(file);
  return recordOf(Object.entries(values).map(([name, value]) => [name, plain(value, `${file}: ${name}`)]));
}

/** `{ParameterKey, ParameterValue}`, or `Name=value` as `aws cloudformation deploy` takes it. */
function entryOf(entry: Json, at: string): readonly [string, Json | undefined] {
  if (typeof entry === "string" && entry.includes("=")) {
    const end = entry.indexOf("=");
    return [entry.slice(0, end), entry.slice(end + 1)];
  }
  const name = own(entry, "ParameterKey");
  if (typeof name !== "string") throw notOfItsForm(at);
  const value = own(entry, "ParameterValue");
  return [name, value === undefined ? undefined : plain(value, at)]; // UsePreviousValue: nobody knows it
}

function plain(value: Json, at: string): Json {
  if (typeof value !== "object") return value;
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(",");
  throw notOfItsForm(at);
}

function notOfItsForm(at: string): UserError {
  return new UserError({
    code: "AUD-016",
    message: "holds no parameters that can be read",
    fix: 'write them as {"Name": "value"}, or as a list of {"ParameterKey": "Name", "ParameterValue": "value"}',
    at,
  });
}
