import { vi } from "vitest";
import { Aws } from "../../src/aws/deploy/aws.ts";
import type { AwsStub } from "./aws-stub.ts";
import { listeningHost, quickClock } from "./quick-clock.ts";

/** The system of `tinyAssembly`, and the stacks that it has. */
export const TINY = { system: "tiny", stage: "dev", regions: ["us-east-1", "us-west-2"] } as const;
export const TINY_STACKS = { data: "tiny-dev-data-us-east-1", other: "tiny-dev-data-us-west-2" } as const;

/**
 * What deploying and destroying that system take against a stub of AWS, but for what is asked of them. The environment
 * is changed: the test puts it back with `vi.unstubAllEnvs`.
 */
export function tinyAccount(stub: AwsStub) {
  // The toolkit makes its own clients, which find the stub as they would find any other endpoint.
  vi.stubEnv("AWS_ENDPOINT_URL", stub.endpoint);
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  return {
    aws: new Aws({ endpoint: stub.endpoint, credentials, attempts: 3, pollMs: 10 }),
    target: TINY,
    host: listeningHost(),
    clock: quickClock(),
    signal: new AbortController().signal,
    confirm: async (): Promise<boolean> => true,
  };
}
