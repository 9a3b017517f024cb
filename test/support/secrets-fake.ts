import type { RotationEvent, Secrets } from "../../src/aws/lambda/secret-version.ts";

/** A secret as Secrets Manager keeps it: values by version, and the stages of each version. */
interface Kept {
  readonly values: Map<string, string>;
  readonly stages: Map<string, Set<string>>;
}

/** Secrets Manager in memory, as far as a rotation needs it. */
export class SecretsFake implements Secrets {
  readonly #secrets = new Map<string, Kept>();
  rotates = true;
  copiesAreEven = true;

  /** Makes a secret whose current version is `first`. */
  add(secret: string, value: unknown): void {
    this.#secrets.set(secret, {
      values: new Map([["first", JSON.stringify(value)]]),
      stages: new Map([["first", new Set(["AWSCURRENT"])]]),
    });
  }

  /** What Secrets Manager does before it calls the function: a version without a value, that is pending. */
  begin(secret: string, version: string): readonly RotationEvent[] {
    this.#kept(secret).stages.set(version, new Set(["AWSPENDING"]));
    return ["createSecret", "setSecret", "testSecret", "finishSecret"].map((Step) => ({
      SecretId: secret,
      ClientRequestToken: version,
      Step,
    }));
  }

  /** The value of the version with this stage, as it is written. */
  value(secret: string, stage = "AWSCURRENT"): Record<string, string> | null {
    const { stages, values } = this.#kept(secret);
    const version = [...stages].find(([, each]) => each.has(stage))?.[0];
    const value = version === undefined ? undefined : values.get(version);
    return value === undefined ? null : (JSON.parse(value) as Record<string, string>);
  }

  async describe(secret: string) {
    const stages = [...this.#kept(secret).stages].map(([id, each]) => [id, [...each]] as const);
    return { rotates: this.rotates, stages: Object.fromEntries(stages), copiesAreEven: this.copiesAreEven };
  }

  async read(secret: string, { stage, id }: { readonly stage: string; readonly id?: string }): Promise<string | null> {
    const { stages, values } = this.#kept(secret);
    const found = [...stages].find(([version, each]) => each.has(stage) && (id === undefined || id === version));
    return found === undefined ? null : (values.get(found[0]) ?? null);
  }

  async writePending(secret: string, id: string, value: string): Promise<void> {
    const { values, stages } = this.#kept(secret);
    values.set(id, value);
    stages.set(id, new Set(["AWSPENDING"]));
  }

  async makeCurrent(secret: string, id: string, former: string | undefined): Promise<void> {
    const { stages } = this.#kept(secret);
    for (const each of stages.values()) each.delete("AWSPREVIOUS");
    if (former !== undefined) stages.set(former, new Set(["AWSPREVIOUS"]));
    stages.set(id, new Set(["AWSCURRENT"]));
  }

  async replace(secret: string, value: string): Promise<void> {
    this.add(secret, JSON.parse(value));
  }

  #kept(secret: string): Kept {
    const kept = this.#secrets.get(secret);
    if (kept === undefined) throw new Error(`there is no secret ${secret}`);
    return kept;
  }
}
