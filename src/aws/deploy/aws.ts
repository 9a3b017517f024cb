import { UserError, messageOf } from "../../base/error.ts";
import type { AwsCode } from "../codes.ts";

/** How AWS is reached; everything that is left out is what AWS's own tools would use. */
export interface AwsAccess {
  /** Stands in for AWS, in tests: every call of every region goes there. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /**
   * How often a call is tried that AWS throttles or that fails on its way, with an exponentially growing, jittered wait
   * between. @default 10
   */
  readonly attempts?: number;
  /** How often CloudFormation is asked how far a stack is, in milliseconds. @default 3000 */
  readonly pollMs?: number;
}

const ATTEMPTS = 10;

/** A region that is gone does not refuse, it says nothing: what it is asked must come to an end. */
const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 60_000;

/**
 * Clients of AWS's services, one a region, each loaded when it is first asked for. The SDK's packages are optional
 * peers
 * of Holdfast; one that is missing is a `UserError` (AWS-020) with the command that installs it.
 */
export class Aws {
  readonly access: AwsAccess;
  readonly #clients = new Map<string, unknown>();

  constructor(access: AwsAccess = {}) {
    this.access = access;
  }

  async cloudFormation(region: string) {
    const { CloudFormation } = await optional(
      "@aws-sdk/client-cloudformation",
      () => import("@aws-sdk/client-cloudformation"),
    );
    return this.#client(region, "cloudformation", () => new CloudFormation(this.config(region)));
  }

  async parameters(region: string) {
    const { SSM } = await optional("@aws-sdk/client-ssm", () => import("@aws-sdk/client-ssm"));
    return this.#client(region, "ssm", () => new SSM(this.config(region)));
  }

  async databases(region: string) {
    const { RDS } = await optional("@aws-sdk/client-rds", () => import("@aws-sdk/client-rds"));
    return this.#client(region, "rds", () => new RDS(this.config(region)));
  }

  async services(region: string) {
    const { ECS } = await optional("@aws-sdk/client-ecs", () => import("@aws-sdk/client-ecs"));
    return this.#client(region, "ecs", () => new ECS(this.config(region)));
  }

  async scaling(region: string) {
    const { ApplicationAutoScaling } = await optional(
      "@aws-sdk/client-application-auto-scaling",
      () => import("@aws-sdk/client-application-auto-scaling"),
    );
    return this.#client(region, "scaling", () => new ApplicationAutoScaling(this.config(region)));
  }

  async groups(region: string) {
    const { AutoScaling } = await optional(
      "@aws-sdk/client-auto-scaling",
      () => import("@aws-sdk/client-auto-scaling"),
    );
    return this.#client(region, "groups", () => new AutoScaling(this.config(region)));
  }

  async secrets(region: string) {
    const { SecretsManager } = await optional(
      "@aws-sdk/client-secrets-manager",
      () => import("@aws-sdk/client-secrets-manager"),
    );
    return this.#client(region, "secrets", () => new SecretsManager(this.config(region)));
  }

  async buckets(region: string) {
    const { S3 } = await optional("@aws-sdk/client-s3", () => import("@aws-sdk/client-s3"));
    const isStub = this.access.endpoint !== undefined;
    return this.#client(region, "s3", () => new S3({ ...this.config(region), forcePathStyle: isStub }));
  }

  async distributions(region: string) {
    const { CloudFront } = await optional("@aws-sdk/client-cloudfront", () => import("@aws-sdk/client-cloudfront"));
    return this.#client(region, "cloudfront", () => new CloudFront(this.config(region)));
  }

  async identity(region: string) {
    const { STS } = await optional("@aws-sdk/client-sts", () => import("@aws-sdk/client-sts"));
    return this.#client(region, "sts", () => new STS(this.config(region)));
  }

  /** Route 53, of which there is one for all regions. */
  async zones() {
    const { Route53 } = await optional("@aws-sdk/client-route-53", () => import("@aws-sdk/client-route-53"));
    return this.#client("us-east-1", "route53", () => new Route53(this.config("us-east-1")));
  }

  /** IAM, of which there is one for all regions. */
  async users() {
    const { IAM } = await optional("@aws-sdk/client-iam", () => import("@aws-sdk/client-iam"));
    return this.#client("us-east-1", "iam", () => new IAM(this.config("us-east-1")));
  }

  /** What every client is made with. */
  config(region: string) {
    const { endpoint, credentials, attempts = ATTEMPTS } = this.access;
    return {
      region,
      maxAttempts: attempts,
      requestHandler: { connectionTimeout: CONNECT_WITHIN_MS, requestTimeout: ANSWER_WITHIN_MS },
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    };
  }

  #client<Client>(region: string, service: string, make: () => Client): Client {
    const key = `${service} ${region}`;
    const known = this.#clients.get(key) as Client | undefined; // what `make` made for this service
    if (known !== undefined) return known;
    const client = make();
    this.#clients.set(key, client);
    return client;
  }
}

/** A package that only those need who ship. Rejects with AWS-020 where it is missing. */
export async function optional<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new UserError({
      code: "AWS-020" satisfies AwsCode,
      message: `${name} is needed to speak to AWS and is not installed (${messageOf(cause).split("\n")[0]})`,
      fix: `npm install ${name}`,
      cause,
    });
  }
}
