import { UserError } from "../../base/error.ts";
import type { Primitive, PrimitiveKind } from "../../world/primitive.ts";
import type { RunCode } from "../codes.ts";

/** One kind of primitive. */
export type PrimitiveOf<K extends PrimitiveKind> = Extract<Primitive, { kind: K }>;

/** How one kind of primitive is done to the running system, and undone. Both resolve when they have taken effect. */
export interface Hand<K extends PrimitiveKind> {
  /** Rejects with RUN-008 where there is nothing to do it to. Nothing is left half-done where it rejects. */
  do(primitive: PrimitiveOf<K>, faultId: string): Promise<void>;
  undo(primitive: PrimitiveOf<K>, faultId: string): Promise<void>;
  /** Fetches what it needs, well before it is done. Rejects where that cannot be had. @default it needs nothing */
  prepare?(): Promise<void>;
  /** Why it cannot be done on this machine; null where it can. @default it can */
  limit?(): Promise<string | null>;
}

/** A hand for every primitive. */
export type Hands = { readonly [K in PrimitiveKind]: Hand<K> };

/** For a hand whose work is over in the moment that it is done. */
export async function nothingToUndo(): Promise<void> {}

/** RUN-008: what a fault is aimed at has no process. */
export function noProcess(instance: string): UserError {
  return new UserError({
    code: "RUN-008" satisfies RunCode,
    message: `"${instance}" has no process now`,
    fix: "choose an instance that `holdfast status` shows as running",
  });
}
