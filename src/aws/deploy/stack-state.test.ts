import { expect, test } from "vitest";
import { troubleOf } from "./stack-state.ts";

test.each(["ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"])(
  "what ends a stack in %s is told: protection must be off before it can be deleted",
  (status) => {
    const state = { name: "shop-production-compute-us-east-1", region: "us-east-1", status, isProtected: false };
    const trouble = troubleOf({ ...state, outputs: {}, parameters: {}, changedAt: 0 });
    expect(trouble?.blocks).toBe(true);
    expect(trouble?.fix).toMatch(
      /take the deletion protection off .* then aws cloudformation delete-stack --stack-name/,
    );
  },
);
