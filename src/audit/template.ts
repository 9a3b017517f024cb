import type { Json, Path, Position } from "./read/document.ts";

/**
 * One stack, in CloudFormation's own form, whatever it was written in: SAM, loops and Terraform plans are translated
 * into it before anything is evaluated, so that there is one set of rules.
 */
export interface Template {
  /** Unique among those audited together: its file, or the path of a nested stack. */
  readonly name: string;
  /** As findings name it. */
  readonly file: string;
  readonly dialect: "cloudformation" | "terraform";
  /** Where it is deployed, where that is known (a CDK assembly, `--region`, a provider's block). */
  readonly region: string | null;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly mappings: Readonly<Record<string, Json>>;
  readonly conditions: Readonly<Record<string, Json>>;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly resources: readonly DeclaredResource[];
  /** The resource of another template that this one is a nested stack of. */
  readonly parent: { readonly template: string; readonly resource: string } | null;
}

/** A resource as it is written. */
export interface DeclaredResource {
  /** Logical id, or Terraform's address. */
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, Json>>;
  /** `DeletionPolicy`, `UpdateReplacePolicy`, `UpdatePolicy`, `CreationPolicy`, `DependsOn`, `Condition`. */
  readonly attributes: Readonly<Record<string, Json>>;
  readonly metadata: Json;
  /** Path of the CDK construct that made it; null where nothing says so. */
  readonly construct: string | null;
  /** Where a part of it stands: a path from the resource on, such as `["Properties", "MultiAZ"]`. */
  locate(path: Path): Position;
  /** What the file calls a property, where that is not CloudFormation's name: `MultiAZ` is Terraform's `multi_az`. */
  readonly names?: Readonly<Record<string, string>>;
}

/** What the caller says of the deployment. */
export interface Deployment {
  /** Values of parameters, over their defaults. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** Where templates are deployed that do not say it; null where nobody said. */
  readonly region: string | null;
}

/** A deployment of which nobody says anything. */
export const ANY_DEPLOYMENT: Deployment = { parameters: {}, region: null };
