import { expect, test } from "vitest";
import { obstacleIn } from "./obstacle.ts";

test("a busy address is named, from the error or from who knows it", () => {
  const node = obstacleIn(new Error("listen EADDRINUSE: address already in use 127.3.0.1:8080"));
  expect(node).toMatchObject({ code: "RUN-004", message: "address 127.3.0.1:8080 is in use by another program" });
  const engine = obstacleIn("could not bind IPv4 address: Address already in use", "127.3.0.2:5432");
  expect(engine?.message).toContain("127.3.0.2:5432");
});

test("a full disk is named", () => {
  expect(obstacleIn("write: No space left on device")?.code).toBe("RUN-005");
  expect(obstacleIn(Object.assign(new Error("ENOSPC: no space left"), {}))?.code).toBe("RUN-005");
});

test("what will pass by itself is no obstacle", () => {
  expect(obstacleIn("the database system is starting up")).toBeUndefined();
});
