import { expect, test } from "vitest";
import { placeOf } from "./place.ts";

const SOURCE = `import { defineSystem } from "holdfast";
// services: { api: "a trap" }
const later = { queues: {} };
export default defineSystem({
  name: "shop, { services: [",
  /* queues: {}, */
  services: {
    api: {
      run: "node server.js", // uses: ["trap"]
      uses: ["orders",
        "databse"],
      scale: { min: 3 },
    },
    "odd key": { run: \`\${later}\` },
  },
  queues: later.queues,
  ...later,
  edge: { routes: { "/api/*": "apy" } },
});
`;

test.each([
  ["name", 5],
  ["services", 7],
  ["services.api", 8],
  ["services.api.run", 9],
  ["services.api.uses[0]", 10],
  ["services.api.uses[1]", 11],
  ["services.api.scale.min", 12],
  ['services["odd key"].run', 14],
  ['edge.routes["/api/*"]', 18],
])("the line of %s is %i", (path, line) => {
  expect(placeOf("holdfast.config.ts", SOURCE, path)).toBe(`holdfast.config.ts:${line}`);
});

test.each([
  ["services.api.health.path", 8, "a key that is missing: its nearest owner"],
  ["queues.orders", 16, "a value that is written elsewhere: the key that names it"],
])("%s is at line %i: %s", (path, line) => {
  expect(placeOf("x.ts", SOURCE, path)).toBe(`x.ts:${line}`);
});

test("without a trace there is the file alone", () => {
  expect(placeOf("x.ts", SOURCE, "caches.sessions")).toBe("x.ts");
  expect(placeOf("x.ts", "export default load('x'", "name")).toBe("x.ts");
  expect(placeOf("x.ts", "", "name")).toBe("x.ts");
  expect(placeOf("x.ts", 'export default { name: "never closed', "name")).toBe("x.ts:1");
});
