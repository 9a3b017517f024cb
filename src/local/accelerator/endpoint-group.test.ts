import { expect, test } from "vitest";
import { type EndpointGroup, chooseGroup } from "./endpoint-group.ts";

const group = (region: string, dial: 0 | 100, healthy: boolean): EndpointGroup => ({ region, dial, healthy });

test("the nearest region whose dial is open is chosen while it is well", () => {
  expect(chooseGroup([group("near", 100, true), group("far", 100, true)])).toBe("near");
  expect(chooseGroup([group("near", 0, true), group("far", 100, true)])).toBe("far");
});

test("failing over takes no notice of the dial, and goes to the nearest region that is well", () => {
  expect(chooseGroup([group("near", 100, false), group("far", 0, true)])).toBe("far");
  expect(chooseGroup([group("near", 0, true), group("middle", 0, true), group("far", 100, false)])).toBe("near");
});

test("where no region is well, the one that would be chosen gets the customers all the same", () => {
  expect(chooseGroup([group("near", 0, false), group("far", 100, false)])).toBe("far");
  expect(chooseGroup([group("near", 0, false), group("far", 0, false)])).toBe("near");
  expect(chooseGroup([])).toBeUndefined();
});
