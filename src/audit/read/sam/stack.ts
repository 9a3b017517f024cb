import { type Json, type JsonRecord, type Path, isRecord, own, recordOf } from "../document.ts";
import { Origins } from "../origin.ts";

/** A resource that SAM makes of another. */
export interface Made {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, Json | undefined>>;
  /** Where it was written. */
  readonly at: Path;
  /** Where its properties were written, where one by one. */
  readonly propertiesAt?: Path;
  /** Properties that were written elsewhere, such as `DeadLetterConfig` in SAM's `DeadLetterQueue`. */
  readonly written?: Readonly<Record<string, Path>>;
  readonly attributes?: Readonly<Record<string, Json | undefined>>;
}

/** One resource of SAM's, with what `Globals` adds. */
export interface Source {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonRecord;
  /** `Condition`, `DependsOn`, `Metadata`, … */
  readonly attributes: JsonRecord;
  readonly at: Path;
  /** Properties that `Globals` alone says. */
  readonly written: Readonly<Record<string, Path>>;
}

/** The resources that a SAM template becomes. */
export class SamStack {
  readonly origins = new Origins();
  /** What SAM's own references mean: `Worker.Alias` is `WorkerAliaslive`. */
  readonly names = new Map<string, string>();
  private readonly resources = new Map<string, JsonRecord>();
  private readonly notifications = new Map<string, Json[]>();
  private readonly routes = new Map<string, Map<string, Map<string, Json>>>();

  /** Takes over what is CloudFormation's already. */
  keep(id: string, body: Json): void {
    if (isRecord(body)) this.resources.set(id, body);
  }

  /** Adds what SAM makes; the first of an id stays, as several events make one API. */
  make({ id, type, properties, at, propertiesAt, written = {}, attributes = {} }: Made): void {
    if (this.resources.has(id)) return;
    const body = recordOf(
      Object.entries({ Type: type, Properties: recordOf(Object.entries(properties)), ...attributes }),
    );
    this.resources.set(id, body);
    if (propertiesAt === undefined) this.origins.addWhole(["Resources", id], at);
    else {
      this.origins.add(["Resources", id], at);
      this.origins.add(["Resources", id, "Properties"], propertiesAt);
    }
    for (const [name, path] of Object.entries(written)) this.origins.add(["Resources", id, "Properties", name], path);
  }

  /** Lets a bucket, which may be declared further down, notify somebody. */
  notify(bucket: string, notification: Json): void {
    const list = this.notifications.get(bucket);
    if (list === undefined) this.notifications.set(bucket, [notification]);
    else list.push(notification);
  }

  /** Adds an operation to an API that has no definition of its own. */
  route(api: string, path: string, [method, operation]: readonly [string, Json]): void {
    const paths = this.routes.get(api) ?? new Map<string, Map<string, Json>>();
    this.routes.set(api, paths);
    const operations = paths.get(path) ?? new Map<string, Json>();
    paths.set(path, operations);
    operations.set(method, operation);
  }

  /** All resources, in the order in which they were made. */
  all(): JsonRecord {
    for (const [id, added] of this.notifications)
      this.amend(id, ["NotificationConfiguration", "LambdaConfigurations"], (before) => [
        ...(Array.isArray(before) ? (before as readonly Json[]) : []),
        ...added,
      ]);
    for (const [id, added] of this.routes) {
      const paths = recordOf([...added].map(([path, operations]) => [path, recordOf(operations)]));
      this.amend(id, ["Body", "paths"], (before) => before ?? paths);
    }
    return recordOf(this.resources);
  }

  private amend(
    id: string,
    [property, part]: readonly [string, string],
    change: (before: Json | undefined) => Json,
  ): void {
    const body = this.resources.get(id);
    if (body === undefined) return;
    const properties = recordIn(body, "Properties");
    const whole = recordIn(properties, property);
    const changed = recordOf([...Object.entries(whole), [part, change(own(whole, part))]]);
    this.resources.set(
      id,
      recordOf([
        ...Object.entries(body),
        ["Properties", recordOf([...Object.entries(properties), [property, changed]])],
      ]),
    );
  }
}

/** What stands where a resource of SAM's does, its properties where its own do, under the same attributes. */
export function inPlaceOf({ id, at, written, attributes }: Source) {
  return { id, at, propertiesAt: [...at, "Properties"], written, attributes };
}

/** The mapping under a key; an empty one where there is none. */
export function recordIn(value: Json | undefined, key: string): JsonRecord {
  const found = own(value, key);
  return isRecord(found) ? found : {};
}

/** Some of a mapping's entries. */
export function pick(from: JsonRecord, keys: readonly string[]): JsonRecord {
  return recordOf(keys.map((key) => [key, own(from, key)]));
}

/** All of a mapping's entries but some. */
export function without(from: JsonRecord, keys: readonly string[]): JsonRecord {
  return recordOf(Object.entries(from).filter(([key]) => !keys.includes(key)));
}

/** What `!Ref` writes. */
export function ref(id: string): Json {
  return { Ref: id };
}

/** What `!GetAtt` writes. */
export function attribute(id: string, name: string): Json {
  return { "Fn::GetAtt": [id, name] };
}

/** Tags are a mapping in SAM, and a list in CloudFormation. */
export function tagsOf(tags: Json | undefined): Json | undefined {
  return isRecord(tags) ? Object.entries(tags).map(([key, value]) => ({ Key: key, Value: value })) : tags;
}

/** What of a text may be part of a logical id; nothing of what is no text. */
export function idPart(value: Json | undefined): string {
  return typeof value === "string" ? value.replaceAll(/[^A-Za-z0-9]/g, "") : "";
}

/** A mapping without what is absent. */
export function present(record: Readonly<Record<string, Json | undefined>>): JsonRecord {
  return recordOf(Object.entries(record));
}
