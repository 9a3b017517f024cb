import { type Template, type Value, field, textOf } from "../template.ts";

/** A template and the stack that it is of. */
export interface PlacedTemplate {
  readonly stack: string;
  readonly region: string;
  readonly template: Template;
}

/** A resource and where it is. */
export interface Resource {
  readonly stack: string;
  readonly region: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, Value>>;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: string | undefined;
  readonly updateReplacePolicy: string | undefined;
}

/** A value that a stack gives to the other stacks of its region. */
export interface Export {
  readonly stack: string;
  readonly region: string;
  readonly value: Value;
}

/**
 * All templates of a system at once, with references followed: by `Ref` and `Fn::GetAtt` within a stack, by
 * `Fn::ImportValue` to another. What cannot be followed (a parameter, a condition) is unknown, and no check may take
 * unknown for wrong.
 */
export class Estate {
  readonly templates: readonly PlacedTemplate[];
  readonly resources: readonly Resource[];
  readonly #exports = new Map<string, Export>();
  readonly #byId = new Map<string, Resource>();
  readonly #byType = new Map<string, Resource[]>();

  constructor(templates: readonly PlacedTemplate[]) {
    this.templates = templates;
    this.resources = templates.flatMap(resourcesOf);
    for (const each of this.resources) {
      this.#byId.set(`${each.stack}/${each.logicalId}`, each);
      this.#byType.set(each.type, [...(this.#byType.get(each.type) ?? []), each]);
    }
    for (const { stack, region, template } of templates) {
      for (const output of Object.values(template.Outputs ?? {})) {
        if (output.Export) this.#exports.set(textOf(output.Export.Name), { stack, region, value: output.Value });
      }
    }
  }

  of(...types: readonly string[]): readonly Resource[] {
    return types.flatMap((type) => this.#byType.get(type) ?? []);
  }

  /** The resource that a value names by `Ref`, `Fn::GetAtt` or an import; undefined where it names none or more. */
  target(value: Value, stack: string): Resource | undefined {
    const ref = field(value, "Ref");
    if (typeof ref === "string") return this.#byId.get(`${stack}/${ref}`);
    const attribute = field(value, "Fn::GetAtt");
    if (Array.isArray(attribute)) return this.#byId.get(`${stack}/${String(attribute[0])}`);
    const name = field(value, "Fn::ImportValue");
    const exported = typeof name === "string" ? this.#exports.get(name) : undefined;
    return exported && this.target(exported.value, exported.stack);
  }

  /** What is exported under a name; CloudFormation gives it to the stacks of that region alone. */
  exportOf(name: string): Export | undefined {
    return this.#exports.get(name);
  }
}

function resourcesOf({ stack, region, template }: PlacedTemplate): Resource[] {
  return Object.entries(template.Resources ?? {}).map(([logicalId, resource]) => ({
    stack,
    region,
    logicalId,
    type: resource.Type,
    properties: resource.Properties ?? {},
    dependsOn: [resource.DependsOn ?? []].flat(),
    deletionPolicy: resource.DeletionPolicy,
    updateReplacePolicy: resource.UpdateReplacePolicy,
  }));
}
