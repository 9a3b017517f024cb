import { assert } from "../base/error.ts";
import type { Kind } from "../topology/topology.ts";
import type { Statement } from "./role.ts";

/** A host and port that programs in the network dial. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Something that lets in who is named in a rule of its security group. */
export interface Door {
  readonly securityGroupId: string;
  readonly port: number;
}

/** A component in a region, as far as other components and the watch need it; most texts are CloudFormation tokens. */
interface HandleOf<K extends Kind> {
  readonly id: string;
  readonly kind: K;
  /** What a program that uses it may do, and nothing else. */
  readonly access: readonly Statement[];
  /** Where such a program comes in; none for what is reached through AWS's own endpoints. */
  readonly doors: readonly Door[];
}

export interface QueueHandle extends HandleOf<"queue"> {
  readonly url: string;
  readonly arn: string;
  readonly name: string;
  readonly deadLetters: { readonly arn: string; readonly name: string; readonly url: string };
  /** What a program that works it off may do. */
  readonly consumeAccess: readonly Statement[];
  readonly visibilityTimeoutMs: number;
}

export interface DatabaseHandle extends HandleOf<"database"> {
  readonly writer: Address;
  readonly reader: Address;
  /** RDS Proxy, which functions are to dial, each of which would hold a connection of its own; null without one. */
  readonly proxy: { readonly writer: Address; readonly reader: Address } | null;
  /** The ARN of the secret with `username` and `password` that programs log in with, as ECS and Lambda inject it. */
  readonly secretArn: string;
  /** The cluster of Aurora, or null for the plain engines. */
  readonly clusterIdentifier: string | null;
  readonly instanceIdentifiers: readonly string[];
  readonly arn: string;
  /** The global cluster, in a system of two regions with Aurora. */
  readonly globalClusterIdentifier: string | null;
}

export interface CacheHandle extends HandleOf<"cache"> {
  readonly address: Address;
  /** The ARN of the secret with `username` and `password` that programs log in with. */
  readonly secretArn: string;
  readonly replicationGroupId: string;
  readonly nodeIds: readonly string[];
}

export interface TableHandle extends HandleOf<"table"> {
  readonly name: string;
  readonly arn: string;
  /** Of DAX, with its scheme; null without one. */
  readonly acceleratorUrl: string | null;
  /** DAX's cluster; null without one, and where the strategy runs no caches. */
  readonly acceleratorName: string | null;
}

export interface BucketHandle extends HandleOf<"bucket"> {
  readonly name: string;
  readonly arn: string;
}

export interface TopicHandle extends HandleOf<"topic"> {
  readonly arn: string;
  readonly name: string;
}

export interface BusHandle extends HandleOf<"bus"> {
  readonly name: string;
  readonly arn: string;
  readonly ruleNames: readonly string[];
}

/** A balancer in front of a service; `app/…` or `net/…`, and `targetgroup/…` are the dimensions of CloudWatch. */
export interface BalancerHandle {
  readonly fullName: string;
  readonly arn: string;
  readonly dnsName: string;
  readonly zoneId: string;
  readonly targetGroup: { readonly fullName: string; readonly arn: string };
  /** The ARN of the rule that lets the edge in; left out where it does not come. */
  readonly edgeRuleArn?: string;
}

export interface ServiceHandle extends HandleOf<"service"> {
  /** Null for a worker. Inside of the network; the edge comes by the origin's public name. */
  readonly address: Address | null;
  /** What serves it; `name` is the ECS service, the Auto Scaling group or the Kubernetes deployment. */
  readonly platform: "fargate" | "ec2" | "eks";
  readonly clusterName: string;
  readonly name: string;
  readonly arn: string;
  /** That of customers before that of programs, where it has both; none for a worker. */
  readonly balancers: readonly BalancerHandle[];
  /** Of the balancer inside of the network, for API Gateway's private links; left out where no program uses it. */
  readonly internalListenerArn?: string;
  readonly securityGroupId: string;
  readonly logGroupName: string;
}

export interface FunctionHandle extends HandleOf<"function"> {
  readonly arn: string;
  readonly name: string;
  /** Of the alias that callers use. */
  readonly aliasArn: string;
}

export interface HttpApiHandle extends HandleOf<"http-api"> {
  readonly apiId: string;
  readonly url: string;
}

export interface FileSystemHandle extends HandleOf<"file-system"> {
  readonly fileSystemId: string;
  /** For ECS and Lambda; null for FSx. */
  readonly accessPointId: string | null;
  readonly accessPointArn: string | null;
  readonly arn: string;
  /** What it is mounted at. */
  readonly path: string;
}

export interface VolumeHandle extends HandleOf<"volume"> {
  readonly path: string;
  readonly sizeGiB: number;
  /** The tag by which snapshots are taken. */
  readonly tag: { readonly key: string; readonly value: string };
  /** Of the lifecycle policy that takes them. */
  readonly policyId: string;
}

/** What is shipped, by its kind. Edge, accelerator and schedule are not used by anything. */
export interface HandleByKind {
  readonly queue: QueueHandle;
  readonly database: DatabaseHandle;
  readonly cache: CacheHandle;
  readonly table: TableHandle;
  readonly bucket: BucketHandle;
  readonly topic: TopicHandle;
  readonly bus: BusHandle;
  readonly service: ServiceHandle;
  readonly function: FunctionHandle;
  readonly "http-api": HttpApiHandle;
  readonly "file-system": FileSystemHandle;
  readonly volume: VolumeHandle;
}

export type Handle = HandleByKind[keyof HandleByKind];

/** A dead-letter queue that comes with something that is no queue: a subscription, a rule, a bus, a schedule. */
export interface Undelivered {
  /** The component that it comes with. */
  readonly of: string;
  /** What it is called in the template: the words of its logical id. */
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly url: string;
}

/** What has been shipped in a region. Components are shipped in an order in which each finds what it needs. */
export class Handles {
  readonly #byId = new Map<string, Handle>();
  /** To be watched like the dead-letter queues of queues. */
  readonly undelivered: Undelivered[] = [];
  /** The group that all schedules of the region are in; null without any. */
  scheduleGroupName: string | null = null;

  add(handle: Handle): void {
    this.#byId.set(handle.id, handle);
  }

  /** The handle of a component that must have been shipped before. */
  get<K extends keyof HandleByKind>(kind: K, id: string): HandleByKind[K] {
    const handle = this.#byId.get(id);
    assert(handle?.kind === kind, `the ${kind} ${id} is shipped before what needs it`);
    return handle as HandleByKind[K]; // its kind was just compared
  }

  find(id: string): Handle | undefined {
    return this.#byId.get(id);
  }

  all<K extends keyof HandleByKind>(kind: K): readonly HandleByKind[K][] {
    return [...this.#byId.values()].filter((handle): handle is HandleByKind[K] => handle.kind === kind);
  }
}
