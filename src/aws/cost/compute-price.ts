import { HOURLY, HOURS_PER_MONTH, MONTHLY } from "../../facts/price.ts";
import { field, items, literal, numberOf } from "../template.ts";
import { type Charge, type Pricer, hourlyCharge, instanceCharge, monthlyCharge } from "./charge.ts";
import { type Placed, refersTo, resourcesOf } from "./resource.ts";

const TASKS = "tasks kept running, by their least number";

function sameTemplate({ stack }: Placed, type: string): readonly Placed[] {
  return resourcesOf(stack).filter((each) => each.type === type);
}

/** Tasks that run when nobody comes: the least number that scaling keeps; one where nothing scales. */
function leastTasks(service: Placed): number | undefined {
  const target = sameTemplate(service, "AWS::ApplicationAutoScaling::ScalableTarget").find(({ properties }) =>
    refersTo(properties["ResourceId"], service.id),
  );
  return numberOf(target?.properties["MinCapacity"] ?? service.properties["DesiredCount"] ?? 1);
}

function isOnFargate({ properties }: Placed): boolean {
  if (properties["LaunchType"] !== undefined) return properties["LaunchType"] === "FARGATE";
  const providers = items(properties["CapacityProviderStrategy"]).map((each) => field(each, "CapacityProvider"));
  return providers.some((each) => each === "FARGATE" || each === "FARGATE_SPOT");
}

/** Tasks of a service on Fargate; those on instances are paid with the instances. */
const ecsService: Pricer = (service) => {
  if (!isOnFargate(service)) return [];
  const definition = sameTemplate(service, "AWS::ECS::TaskDefinition").find(({ id }) =>
    refersTo(service.properties["TaskDefinition"], id),
  );
  const cpu = numberOf(definition?.properties["Cpu"]);
  const memory = numberOf(definition?.properties["Memory"]);
  const tasks = leastTasks(service);
  if (cpu === undefined || memory === undefined || tasks === undefined) {
    return [{ what: "Fargate tasks", quantity: tasks ?? 0, usdPerMonth: null }];
  }
  const hourly = (cpu / 1_024) * HOURLY.fargateVcpu.value + (memory / 1_024) * HOURLY.fargateGiB.value;
  const usdPerMonth = hourly * HOURS_PER_MONTH.value * tasks;
  const what = `Fargate tasks (${cpu / 1_024} vCPU, ${memory / 1_024} GB)`;
  return [{ what, quantity: tasks, usdPerMonth, assumes: TASKS }];
};

const group: Pricer = (asg) => {
  const least = numberOf(asg.properties["MinSize"]) ?? 0;
  const template = sameTemplate(asg, "AWS::EC2::LaunchTemplate").find(({ id }) => refersTo(asg.properties, id));
  const data = template?.properties["LaunchTemplateData"];
  const disks = items(field(data, "BlockDeviceMappings")).map((each) => numberOf(field(each, "Ebs.VolumeSize")));
  const gib = disks.reduce<number>((sum, size) => sum + (size ?? 0), 0) * least;
  return [
    instanceCharge("EC2 instances", literal(field(data, "InstanceType")), least),
    ...(gib === 0 ? [] : [monthlyCharge("EBS volumes, GiB", MONTHLY.gp3GiB, gib, "gp3")]),
  ];
};

const nodeGroup: Pricer = ({ properties }) => {
  const least = numberOf(field(properties, "ScalingConfig.MinSize")) ?? 1;
  return [instanceCharge("EKS nodes", literal(items(properties["InstanceTypes"])[0]) ?? "t3.medium", least)];
};

const balancer: Pricer = ({ properties }) => {
  const zones = items(properties["Subnets"]).length || items(properties["SubnetMappings"]).length;
  const isPublic = properties["Scheme"] === "internet-facing";
  return [
    hourlyCharge("load balancers", HOURLY.loadBalancer, 1),
    ...(isPublic && zones > 0 ? [hourlyCharge("public IPv4 addresses", HOURLY.publicAddress, zones)] : []),
  ];
};

const natGateway: Pricer = (gateway) => {
  const isRegional = gateway.properties["AvailabilityMode"] === "regional";
  const zones = new Set(
    sameTemplate(gateway, "AWS::EC2::Subnet").map((each) => JSON.stringify(each.properties["AvailabilityZone"])),
  ).size;
  if (!isRegional) return [hourlyCharge("NAT gateways", HOURLY.natGateway, 1)];
  const each: Charge[] = [hourlyCharge("NAT gateways", HOURLY.natGateway, Math.max(1, zones), "one a zone in use")];
  return [...each, hourlyCharge("public IPv4 addresses", HOURLY.publicAddress, Math.max(1, zones))];
};

const endpoint: Pricer = ({ properties }) => {
  if (properties["VpcEndpointType"] !== "Interface") return [];
  const zones = items(properties["SubnetIds"]).length;
  return [hourlyCharge("interface endpoints, by zone", HOURLY.interfaceEndpoint, Math.max(1, zones))];
};

const reservation: Pricer = ({ properties }) => {
  const count = numberOf(properties["InstanceCount"]) ?? 1;
  return [instanceCharge("reserved capacity", literal(properties["InstanceType"]), count)];
};

/** What computes, and the network that it is in. */
export const COMPUTE_PRICES: Readonly<Record<string, Pricer>> = {
  "AWS::ECS::Service": ecsService,
  "AWS::AutoScaling::AutoScalingGroup": group,
  "AWS::EKS::Cluster": () => [hourlyCharge("EKS clusters", HOURLY.eksCluster, 1)],
  "AWS::EKS::Nodegroup": nodeGroup,
  "AWS::EC2::CapacityReservation": reservation,
  "AWS::ElasticLoadBalancingV2::LoadBalancer": balancer,
  "AWS::EC2::NatGateway": natGateway,
  "AWS::EC2::VPCEncryptionControl": () => [hourlyCharge("encryption within networks", HOURLY.encryptionControl, 1)],
  "AWS::EC2::EIP": () => [hourlyCharge("public IPv4 addresses", HOURLY.publicAddress, 1)],
  "AWS::EC2::VPCEndpoint": endpoint,
  "AWS::GlobalAccelerator::Accelerator": () => [
    hourlyCharge("accelerators", HOURLY.accelerator, 1),
    hourlyCharge("public IPv4 addresses", HOURLY.publicAddress, 2),
  ],
  "AWS::EC2::Volume": ({ properties }) => [
    monthlyCharge("EBS volumes, GiB", MONTHLY.gp3GiB, numberOf(properties["Size"]) ?? 0, "gp3"),
  ],
};
