import { defineConfig } from "vitest/config";

/** "holdfast" is this checkout's source, as it is for Node with `--conditions=source`. */
const source = { resolve: { conditions: ["source"] }, ssr: { resolve: { conditions: ["source"] } } };
const slow = { testTimeout: 120_000, hookTimeout: 60_000 };
/** Vitest leaves a core to itself: on two cores that is one test file at a time. */
const twoAtOnce = { maxWorkers: 2 };
const oneAtATime = { fileParallelism: false };
/** What a test file leaves in the system's temporary folder goes with it. */
const tidied = {
  globalSetup: "test/support/temporary-folder.ts",
  setupFiles: "test/support/own-temporary-folder.ts",
};

/**
 * Six projects: `tidy`, `unit`, `aws` (whole systems as templates), `drill` (real processes, one file at a time: they
 * measure), `e2e` (the built command, likewise), and `long`, whole drills that `npm test` leaves out.
 */
export default defineConfig({
  test: {
    projects: [
      { ...source, test: { name: "tidy", include: ["test/tidy.test.ts"] } },
      {
        ...source,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "test/golden/**/*.test.ts"],
          testTimeout: 60_000,
          ...tidied,
          ...twoAtOnce,
        },
      },
      { ...source, test: { name: "aws", include: ["test/aws/**/*.test.ts"], ...tidied, ...slow, ...twoAtOnce } },
      { ...source, test: { name: "drill", include: ["test/drill/**/*.test.ts"], ...tidied, ...slow, ...oneAtATime } },
      { ...source, test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], ...tidied, ...slow, ...oneAtATime } },
      { ...source, test: { name: "long", include: ["test/long/**/*.test.ts"], ...tidied, ...slow, ...oneAtATime } },
    ],
  },
});
