import { defineConfig } from "vitest/config";

/** "holdfast" is this checkout's source, as it is for Node with `--conditions=source`. */
const source = { resolve: { conditions: ["source"] }, ssr: { resolve: { conditions: ["source"] } } };
const slow = { testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false };

/**
 * Four projects, from the fastest to the slowest: `tidy`, `unit`, `drill` (real processes), `e2e` (the built command).
 */
export default defineConfig({
  test: {
    projects: [
      { ...source, test: { name: "tidy", include: ["test/tidy.test.ts"] } },
      {
        ...source,
        test: { name: "unit", include: ["src/**/*.test.ts", "test/golden/**/*.test.ts"], testTimeout: 60_000 },
      },
      { ...source, test: { name: "drill", include: ["test/drill/**/*.test.ts"], ...slow } },
      { ...source, test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], ...slow } },
    ],
  },
});
