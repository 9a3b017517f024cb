import { type Kind, type Topology, componentsOf } from "../../topology/topology.ts";

/** What pulls an image, writes logs and reads secrets: without these no task starts. */
const TO_START = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"];

/** The interface endpoint of each kind that programs call by AWS's API; tables and buckets have gateway endpoints. */
const BY_KIND: Readonly<Partial<Record<Kind, string>>> = {
  queue: "sqs",
  topic: "sns",
  bus: "events",
  function: "lambda",
};

/** What else a network without any NAT gateway needs: keys, metrics, credentials, and Systems Manager's agents. */
const WITHOUT_NAT = ["ec2messages", "kms", "monitoring", "ssm", "ssmmessages", "sts", "xray"];
const WITHOUT_NAT_ON: Readonly<Record<"fargate" | "ec2" | "eks", readonly string[]>> = {
  fargate: [],
  ec2: ["ec2", "ecs", "ecs-agent", "ecs-telemetry"],
  eks: ["autoscaling", "ec2", "eks", "eks-auth", "elasticloadbalancing"],
};

/**
 * The interface endpoints of a network, as the last part of their names. With NAT gateways only what tasks need to
 * start, and what programs call all the time: these keep working when a zone's NAT gateway does not, and cost less than
 * the traffic through it. Without NAT all that anything in the network calls. The cheap profile goes by NAT alone.
 */
export function neededEndpoints(topology: Topology): readonly string[] {
  const { stage, network } = topology.shipping;
  const programs = [
    ...componentsOf(topology, "service").map(({ settings }) => settings),
    ...componentsOf(topology, "function")
      .map(({ settings }) => settings)
      .filter(({ inNetwork }) => inNetwork),
  ];
  const hasCache = componentsOf(topology, "cache").length > 0;
  const hasDatabase = componentsOf(topology, "database").length > 0;
  const rotates = hasCache || hasDatabase; // by functions that run in the network
  if (programs.length === 0 && !rotates) return [];
  if (network.nat !== "none" && stage === "dev") return [];
  const used = new Set(programs.flatMap(({ uses, consumes }) => [...uses, ...(consumes === null ? [] : [consumes])]));
  const called = topology.components.filter(({ id }) => used.has(id)).flatMap(({ kind }) => BY_KIND[kind] ?? []);
  const services = componentsOf(topology, "service");
  const others =
    network.nat === "none"
      ? [
          ...WITHOUT_NAT,
          ...services.flatMap(({ settings }) => WITHOUT_NAT_ON[settings.platform]),
          ...(componentsOf(topology, "file-system").length > 0 ? ["elasticfilesystem"] : []),
          ...(hasCache ? ["elasticache"] : []), // its users are changed by its API
          ...(hasDatabase ? ["rds"] : []), // so is the master
        ]
      : [];
  return [...new Set([...TO_START, ...called, ...others])].sort();
}
