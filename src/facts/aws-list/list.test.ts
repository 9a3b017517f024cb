import { describe, expect, test } from "vitest";
import { FIS_ACTIONS } from "./fis-action.ts";
import { NOT_FORWARDED } from "./forwarded-sql.ts";
import { IAM_ACTIONS } from "./iam-action.ts";
import { MANAGED_POLICIES } from "./managed-policy.ts";
import { REGION_SWITCH_BLOCKS } from "./region-switch-block.ts";

const lists = [FIS_ACTIONS, NOT_FORWARDED, MANAGED_POLICIES, REGION_SWITCH_BLOCKS];

describe("lists of AWS's names", () => {
  test("name a page of AWS's and the day on which it was read", () => {
    for (const { url, readOn } of [...lists, ...Object.values(IAM_ACTIONS)]) {
      expect(url).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/.+\.html$/);
      expect(readOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  test("are sorted, and have each name once", () => {
    for (const { names } of lists) expect([...new Set(names)].sort()).toEqual(names);
    for (const { onResources, onAll } of Object.values(IAM_ACTIONS)) {
      expect([...new Set(onResources)].sort()).toEqual(onResources);
      expect([...new Set(onAll)].sort()).toEqual(onAll);
      expect(onAll.filter((name) => onResources.includes(name))).toEqual([]);
    }
  });

  test("have no wildcard", () => {
    const names = Object.values(IAM_ACTIONS).flatMap(({ onResources, onAll }) => [...onResources, ...onAll]);
    expect(names.filter((name) => !/^[A-Z]\w+$/.test(name))).toEqual([]);
  });
});
