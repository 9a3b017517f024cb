import { expect, test } from "vitest";
import { instanceSize, isFargateSize } from "./size.ts";

test.each([
  [250, 512, true],
  [250, 1_024, true],
  [250, 1_536, false],
  [250, 3_072, false],
  [500, 512, false],
  [4_000, 30_720, true],
  [8_000, 20_480, true],
  [8_000, 17_408, false],
  [16_000, 122_880, true],
  [3_000, 8_192, false],
])("Fargate and a task of %i thousandths of a processor and %i MiB: %s", (cpuMillis, memoryMiB, expected) => {
  expect(isFargateSize(cpuMillis, memoryMiB)).toBe(expected);
});

test("the name of an instance type tells what it has, where its family is a regular one", () => {
  expect(instanceSize("m7g.large")).toEqual({ cpuMillis: 2_000, memoryMiB: 8_192 });
  expect(instanceSize("c7gn.4xlarge")).toEqual({ cpuMillis: 16_000, memoryMiB: 32_768 });
  expect(instanceSize("r8i.medium")).toEqual({ cpuMillis: 1_000, memoryMiB: 8_192 });
  for (const type of ["t4g.small", "m7g.metal", "x2idn.16xlarge", "nonsense"])
    expect(instanceSize(type)).toBeUndefined();
});
