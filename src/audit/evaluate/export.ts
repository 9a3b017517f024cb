import { Text, type Value, keyOf } from "./value.ts";

/** What a template exports, under the name that it evaluates to. */
export interface Export<Scope> {
  readonly name: Value | undefined;
  readonly scope: Scope;
  readonly output: string;
}

/** What all templates export. */
export class Exports<Scope> {
  private readonly byKey: ReadonlyMap<string, readonly Export<Scope>[]>;
  private readonly byWord: ReadonlyMap<string, readonly Export<Scope>[]>;

  constructor(exports: readonly Export<Scope>[]) {
    this.byKey = Map.groupBy(exports, ({ name }) => keyOf(name));
    this.byWord = Map.groupBy(exports, ({ name }) => lastWord(name));
  }

  /**
   * The export that an import means: of the same name, or, where a part of either name is only known at deployment (the
   * name of a stack), the only one that may have this name. Several stacks of one name are told apart by `isNear`.
   */
  find(name: Value | undefined, isNear: (scope: Scope) => boolean): Export<Scope> | undefined {
    const exact = this.byKey.get(keyOf(name)) ?? [];
    if (exact.length > 0) return only(exact, isNear);
    const word = lastWord(name);
    const alike = word === "" ? [] : (this.byWord.get(word) ?? []);
    return only(
      alike.filter((each) => mayBeSame(each.name, name)),
      isNear,
    );
  }
}

function only<Scope>(found: readonly Export<Scope>[], isNear: (scope: Scope) => boolean): Export<Scope> | undefined {
  if (found.length < 2) return found[0];
  const near = found.filter(({ scope }) => isNear(scope));
  return near.length === 1 ? near[0] : undefined;
}

/** Whether two names of which parts are open can be one: what is known at their ends must not differ. */
function mayBeSame(one: Value | undefined, other: Value | undefined): boolean {
  if (typeof one === "string" && typeof other === "string") return one === other;
  const [tail, otherTail] = [tailOf(one), tailOf(other)];
  const [head, otherHead] = [headOf(one), headOf(other)];
  return (
    (tail.endsWith(otherTail) || otherTail.endsWith(tail)) && (head.startsWith(otherHead) || otherHead.startsWith(head))
  );
}

function tailOf(name: Value | undefined): string {
  const last = name instanceof Text ? name.parts.at(-1) : name;
  return typeof last === "string" ? last : "";
}

function headOf(name: Value | undefined): string {
  const first = name instanceof Text ? name.parts[0] : name;
  return typeof first === "string" ? first : "";
}

/** The last word of what follows the last part that is not known. */
function lastWord(name: Value | undefined): string {
  return tailOf(name).split(/[-:/]/).at(-1) ?? "";
}
