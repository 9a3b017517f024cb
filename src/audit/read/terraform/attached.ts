import { type Json, isRecord } from "../document.ts";
import { Block, type BlockContext } from "./block.ts";
import { ATTACHMENTS } from "./families.ts";
import type { PlannedResource } from "./plan.ts";
import { type Attachment, type Properties, translated } from "./translation.ts";

/** What is a resource of its own in a plan, and a part of another one in CloudFormation: a bucket's versioning. */
export class Attached {
  private readonly byAddress = new Map<string, Properties[]>();
  /** What is attached to one of a type, and only an apply tells to which. */
  private readonly open = new Map<string, Properties[]>();
  private readonly named = new Map<string, string>();

  constructor(resources: readonly PlannedResource[], context: BlockContext) {
    for (const { type, address, values } of resources) {
      for (const attribute of ["bucket", "name", "id", "arn"]) {
        const name: Json | undefined = values[attribute];
        if (typeof name === "string") this.named.set(`${type} ${name}`, address);
      }
    }
    for (const resource of resources) {
      const attachment = ATTACHMENTS.get(resource.type);
      if (attachment !== undefined) this.add(attachment, Block.of(resource, context));
    }
  }

  /** What is attached to a resource. Where it is not certain to which, what it says is known later. */
  to({ address, type }: PlannedResource): readonly Properties[] {
    return [...(this.open.get(type) ?? []), ...(this.byAddress.get(address) ?? [])];
  }

  private add({ of, to, properties }: Attachment, part: Block): void {
    const target = part.value(to);
    const made = translated(part, properties);
    if (typeof target === "string") {
      const address = this.named.get(`${of} ${target}`);
      if (address !== undefined) push(this.byAddress, address, made);
      return;
    }
    const reference = isRecord(target) ? target["Holdfast::Reference"] : undefined;
    if (Array.isArray(reference)) push(this.byAddress, String(reference[1]), made);
    else if (target !== undefined) push(this.open, of, openOf(made, part.resource.address));
  }
}

function push(into: Map<string, Properties[]>, key: string, properties: Properties): void {
  const before = into.get(key);
  if (before === undefined) into.set(key, [properties]);
  else before.push(properties);
}

function openOf(properties: Properties, address: string): Properties {
  const needs = `what ${address} is attached to, which is known after apply`;
  const entries = Object.keys(properties).map((property) => [
    property,
    { "Holdfast::Unknown": [needs, `${address}.${property}[]`] },
  ]);
  return Object.fromEntries(entries) as Properties;
}
