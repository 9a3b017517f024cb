import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A call as it came over the wire. */
export interface StubCall {
  /** By the signature: `cloudformation`, `rds`, `ssm`, `sts` … */
  readonly service: string;
  readonly region: string;
  /** `DescribeStacks`; for S3 and CloudFront the method and the path. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a handler answers: JSON, the inner XML of a result, or an error as AWS names it. */
export type StubAnswer =
  | { readonly json: object }
  | { readonly xml: string; readonly etag?: string }
  | { readonly error: string; readonly message?: string; readonly status?: number };

type Handler = (call: StubCall, times: number) => StubAnswer;

/**
 * Stands in for AWS at the wire: it speaks the query protocol's XML and the JSON protocols, tells services and regions
 * apart by the signature's scope, and keeps every call. What has no handler is refused with an error that says so.
 */
export interface AwsStub {
  readonly endpoint: string;
  readonly calls: StubCall[];
  /** Answers an action: `rds DescribeGlobalClusters`, or in one region `ssm PutParameter us-west-2`. */
  on(action: string, handler: Handler | StubAnswer): void;
  /** What answers an action now, to be put back later. */
  handler(action: string): Handler;
  /** What S3 keeps, by `bucket/key`; every bucket is there. */
  readonly objects: Map<string, string>;
  /** The actions of all calls so far that change something. */
  mutations(): readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

const READS = /^(Describe|Get|List|Head|AssumeRole|HEAD |GET )/;

/** S3 with every bucket there could be: it locates and lists them, and keeps and gives objects. */
function answerS3(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  { objects, body }: { readonly objects: Map<string, string>; readonly body: string },
): void {
  const { pathname, searchParams } = new URL(url ?? "", "http://s3");
  const path = decodeURIComponent(pathname.slice(1)).replace(/\/$/, "");
  response.setHeader("content-type", "application/xml");
  response.setHeader("etag", '"1"');
  if (method === "PUT") {
    objects.set(path, body);
    return void response.end();
  }
  if (searchParams.has("location")) return void response.end("<LocationConstraint/>");
  const listed = (prefix: string): string[] => [...objects.keys()].filter((key) => key.startsWith(prefix));
  if (searchParams.has("versions")) {
    const found = listed(`${path}/`).map(
      (key) => `<Version><Key>${key.slice(path.length + 1)}</Key><VersionId>1</VersionId></Version>`,
    );
    return void response.end(`<ListVersionsResult>${found.join("")}</ListVersionsResult>`);
  }
  if (searchParams.has("delete")) {
    for (const [, key] of body.matchAll(/<Key>([^<]+)<\/Key>/g)) objects.delete(`${path}/${key}`);
    return void response.end("<DeleteResult/>");
  }
  if (searchParams.has("list-type")) {
    const prefix = `${path}/${searchParams.get("prefix") ?? ""}`;
    const found = listed(prefix).map((key) => key.slice(path.length + 1));
    const contents = found.map((key) => `<Contents><Key>${key}</Key><ETag>"1"</ETag><Size>1000</Size></Contents>`);
    return void response.end(
      `<ListBucketResult><KeyCount>${found.length}</KeyCount>${contents.join("")}</ListBucketResult>`,
    );
  }
  if (!objects.has(path)) response.statusCode = 404;
  response.end(method === "HEAD" ? "" : objects.get(path));
}

/** Starts a stub on a free port. */
export async function startAwsStub(): Promise<AwsStub> {
  const handlers = new Map<string, Handler>();
  const counts = new Map<string, number>();
  const calls: StubCall[] = [];
  const objects = new Map<string, string>();
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const call = parse(request, body);
      calls.push(call);
      const keys = [`${call.service} ${call.action} ${call.region}`, `${call.service} ${call.action}`];
      const key = keys.find((each) => handlers.has(each));
      if (key === undefined && call.service === "s3") return answerS3(request, response, { objects, body });
      const times = (counts.get(key ?? "") ?? 0) + 1;
      counts.set(key ?? "", times);
      const missing: StubAnswer = { error: "StubHasNoAnswer", message: `${keys.join(" or ")} ${body}`, status: 400 };
      answer(request, response, call, key === undefined ? missing : handlers.get(key)!(call, times));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    objects,
    handler: (action) => handlers.get(action)!, // of an action that was given one
    on: (action, handler) => void handlers.set(action, typeof handler === "function" ? handler : () => handler),
    mutations: () => calls.filter(({ action }) => !READS.test(action)).map(({ action }) => action),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function parse({ headers, method, url }: IncomingMessage, body: string): StubCall {
  const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? "");
  const [region = "?", service = "?"] = [scope?.[1], scope?.[2]];
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    return {
      service,
      region,
      action: target.split(".").at(-1) ?? "",
      input: JSON.parse(body || "{}") as object as StubCall["input"],
    };
  }
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    const input = Object.fromEntries(new URLSearchParams(body));
    return { service, region, action: input["Action"] ?? "", input };
  }
  return { service, region, action: `${method} ${(url ?? "").split("?")[0]}`, input: { headers, body, url } };
}

function answer(request: IncomingMessage, response: ServerResponse, { action }: StubCall, given: StubAnswer): void {
  const isJson = request.headers["x-amz-target"] !== undefined;
  if ("error" in given) {
    const { error, message = error, status = 400 } = given;
    const json = JSON.stringify({ __type: error, message });
    const said = `<Type>Sender</Type><Code>${error}</Code><Message>${message}</Message>`;
    const xml = `<ErrorResponse><Error>${said}</Error></ErrorResponse>`;
    response.writeHead(status, { "content-type": isJson ? "application/x-amz-json-1.1" : "text/xml" });
    response.end(isJson ? json : xml);
    return;
  }
  if ("json" in given) {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(given.json));
    return;
  }
  const isQuery = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const wrapped = `<${action}Response><${action}Result>${given.xml}</${action}Result></${action}Response>`;
  response.writeHead(200, { "content-type": "text/xml", ...(given.etag === undefined ? {} : { etag: given.etag }) });
  response.end(isQuery ? wrapped : given.xml);
}

/** The variables by which a function's clients speak to the stub, and try once. */
export function stubVariables({ endpoint }: AwsStub): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "key",
    AWS_MAX_ATTEMPTS: "1",
  };
}
