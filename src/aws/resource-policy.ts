/** A service of AWS that the policy of a resource lets in, for something of this account. */
export interface Caller {
  readonly sid: string;
  readonly service: `${string}.amazonaws.com`;
  /** What it comes for. May have wildcards, where that comes later than the resource. */
  readonly sourceArn: string;
}

/** A statement of a resource's policy: nobody comes without TLS. */
export function tlsOnly(action: string, resource: string | readonly string[]): object {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/** A statement of a resource's policy: a service may do one thing. */
export function letIn({ sid, service, sourceArn }: Caller, action: string, resource: string): object {
  return {
    Sid: sid,
    Effect: "Allow",
    Principal: { Service: service },
    Action: action,
    Resource: resource,
    Condition: { ArnLike: { "aws:SourceArn": sourceArn } },
  };
}
