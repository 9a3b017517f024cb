import { describe, expect, test } from "vitest";
import { UserError } from "../../base/error.ts";
import { explained, explaining } from "./refusal.ts";

function awsError(name: string, message = ""): Error {
  return Object.assign(new Error(message), { name, $metadata: {} });
}

describe("what AWS's errors mean", () => {
  test.each([
    ["ExpiredTokenException", "", "AWS-021"],
    ["ExpiredToken", "The security token included in the request is expired", "AWS-021"],
    ["UnrecognizedClientException", "", "AWS-022"],
    ["AccessDeniedException", "not authorized to perform: rds:FailoverGlobalCluster", "AWS-023"],
    ["ThrottlingException", "", "AWS-024"],
    ["Throttling", "Rate exceeded", "AWS-024"],
    ["ServiceUnavailable", "", "AWS-025"],
    ["DeploymentError", "UPDATE_ROLLBACK_COMPLETE: DB Cluster already exists", "AWS-059"],
    ["AssetBuildFailed", "Failed to build asset ApiImage", "AWS-058"],
    ["AssetPublishFailed", "Failed to publish asset: AccessDenied", "AWS-023"],
    ["ValidationError", "something else", "AWS-039"],
  ])("%s %s is %s", (name, message, code) => {
    expect(explained(awsError(name, message), "deploying")).toMatchObject({ code });
  });

  test("an error of the connection is one of reaching AWS", () => {
    const cause = Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND", syscall: "getaddrinfo" });
    expect(explained(new TypeError("fetch failed", { cause }), "asking")).toMatchObject({ code: "AWS-025" });
  });

  test("one that others have gathered is found among them", () => {
    const gathered = new AggregateError([awsError("ExpiredToken")]);
    expect(explained(gathered, "publishing")).toMatchObject({ code: "AWS-021" });
  });

  test("the message says what was being done, and what AWS said", () => {
    const error = explained(awsError("AccessDenied", "no"), "deploying shop-production-data-us-east-1");
    expect(error).toMatchObject({
      message: expect.stringMatching(/^deploying shop-production-data.*AccessDenied: no/),
    });
  });

  test("a bug of ours stays a bug, and what a user can mend stays that", async () => {
    const bug = new TypeError("undefined is not a function");
    const user = new UserError({ code: "AWS-032", message: "behind", fix: "wait" });
    expect(explained(bug, "x")).toBe(bug);
    await expect(explaining("x", async () => Promise.reject(user))).rejects.toBe(user);
  });
});
