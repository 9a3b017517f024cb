import { expect, test } from "vitest";
import { contentTypeOf } from "./content-type.ts";

test("a content type goes by the ending of a name, and is a bucket's own where that is not known", () => {
  expect(contentTypeOf("/site/index.HTML")).toBe("text/html; charset=utf-8");
  expect(contentTypeOf("app.webmanifest")).toBe("application/manifest+json");
  expect(contentTypeOf("LICENSE")).toBe("application/octet-stream");
});
