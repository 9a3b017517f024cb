import type { Answer } from "../../base/answer.ts";
import { type Value, type ValueMap, isMap, partOf } from "../evaluate/value.ts";
import type { DeclaredResource, Template } from "../template.ts";

/** One resource as it will be, as far as its file tells. */
export class Resource {
  /** Unique over all audited files. */
  readonly key: string;
  /** Logical id in a CloudFormation template, address in a Terraform plan. */
  readonly id: string;
  /** CloudFormation's type, also of what a Terraform plan declares. */
  readonly type: string;
  readonly properties: ValueMap;
  /** What the properties are as one: a macro or a condition may make them all. */
  readonly whole: Value | undefined;
  /** `DeletionPolicy`, `UpdateReplacePolicy`, `UpdatePolicy`, `DependsOn` … */
  readonly attributes: ValueMap;
  /** Whether its condition holds; resources of which it does not are left out. */
  readonly exists: Answer;
  readonly template: Template;
  readonly declared: DeclaredResource;

  constructor(
    declared: DeclaredResource,
    template: Template,
    known: { readonly properties: Value | undefined; readonly attributes: Value | undefined; readonly exists: Answer },
  ) {
    this.key = `${template.name}#${declared.id}`;
    this.id = declared.id;
    this.type = declared.type;
    this.whole = known.properties;
    this.properties = isMap(known.properties) ? known.properties : {};
    this.attributes = isMap(known.attributes) ? known.attributes : {};
    this.exists = known.exists;
    this.template = template;
    this.declared = declared;
  }

  /** A property at a path of keys and indices, such as `VpcConfig.SubnetIds`; undefined where it is absent. */
  at(path: string): Value | undefined {
    return partOf(this.whole, path);
  }
}
