/**
 * What SAM's section `Globals` adds to a resource's own properties: what the resource says goes first, mappings are
 * merged and lists joined.
 * Source:
 * https://github.com/aws/serverless-application-model/blob/develop/docs/globals.rst
 */
import { type Json, type JsonRecord, isRecord, own, recordOf } from "../document.ts";

/** The types that `Globals` has a part for. */
const PARTS: readonly string[] = [
  "Function",
  "Api",
  "HttpApi",
  "WebSocketApi",
  "SimpleTable",
  "StateMachine",
  "LayerVersion",
];

/** The name that `Globals` has for a type, such as `Function`; undefined where it has none. */
export function globalsOf(type: string): string | undefined {
  const name = type.replace("AWS::Serverless::", "");
  return PARTS.includes(name) ? name : undefined;
}

/** A resource's properties over those of all of its type. */
export function withGlobals(globals: Json | undefined, properties: JsonRecord): JsonRecord {
  return isRecord(globals) ? (merged(globals, properties) as JsonRecord) : properties;
}

function merged(shared: Json | undefined, local: Json | undefined): Json | undefined {
  if (shared === undefined || local === undefined) return local ?? shared;
  if (Array.isArray(shared) && Array.isArray(local)) return [...shared, ...local] as Json;
  if (!isRecord(shared) || !isRecord(local) || isIntrinsic(shared) || isIntrinsic(local)) return local;
  const keys = new Set([...Object.keys(shared), ...Object.keys(local)]);
  return recordOf([...keys].map((key) => [key, merged(own(shared, key), own(local, key))]));
}

function isIntrinsic(value: JsonRecord): boolean {
  const [only, ...others] = Object.keys(value);
  return others.length === 0 && only !== undefined && (only === "Ref" || only.startsWith("Fn::"));
}
