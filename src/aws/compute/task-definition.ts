import { CfnTaskDefinition } from "aws-cdk-lib/aws-ecs";
import type { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { UserError } from "../../base/error.ts";
import { ECS_TASK } from "../../facts/compute.ts";
import { mountPath } from "../../topology/binding.ts";
import { type ServiceComponent, findComponent } from "../../topology/topology.ts";
import type { AwsCode } from "../codes.ts";
import { type ProgramEnvironment, serviceEnvironment } from "../environment.ts";
import { logicalId } from "../name.ts";
import { type Statement, shipRole } from "../role.ts";
import { type Site, tagged } from "../ship.ts";
import { type FaultAgent, faultAgent } from "./fault-agent.ts";
import { type Image, architectureOf, commandWords, shipImage } from "./image.ts";
import { accessOf } from "./program-access.ts";

/** A program's only folder that it may write to without a file system: as large as the task's own disk. */
const SCRATCH = "scratch";
const SCRATCH_PATH = "/tmp";

/** Thousandths of a processor as ECS counts them. */
const UNITS_PER_CPU = 1_024;

/** The name of the container that is the program. */
export const PROGRAM = "program";

/**
 * What a task of a service is: the program, which cannot change its own image; its environment, with secrets injected
 * when it starts; and, for experiments, an agent beside it. Whatever carries it, it has a network interface and an
 * address of its own.
 *
 * An image declares `VOLUME /tmp` so that a program that is not root may write there.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 */
export function shipTaskDefinition(site: Site, component: ServiceComponent, logs: CfnLogGroup): CfnTaskDefinition {
  const { shipment, stacks, region } = site;
  const { id, settings } = component;
  const image = shipImage(site, component);
  const environment = serviceEnvironment(site, component);
  const logConfiguration = logTo(logs, region.name);
  const agent = faultAgent(site, component, logConfiguration);
  const taskRole = shipRole(stacks.compute, logicalId(id, "task-role"), {
    assumedBy: "ecs-tasks.amazonaws.com",
    statements: [...accessOf(site, settings), ...(agent?.statements ?? [])],
  });
  const executionRole = shipRole(stacks.compute, logicalId(id, "execution-role"), {
    assumedBy: "ecs-tasks.amazonaws.com",
    statements: [...toStart(image, logs), ...environment.fillIn],
  });
  return new CfnTaskDefinition(stacks.compute, logicalId(id, "task"), {
    requiresCompatibilities: [settings.platform === "fargate" ? "FARGATE" : "EC2"],
    networkMode: "awsvpc",
    cpu: String(Math.round((settings.size.cpuMillis * UNITS_PER_CPU) / 1_000)),
    memory: String(settings.size.memoryMiB),
    runtimePlatform: { cpuArchitecture: architectureOf(component), operatingSystemFamily: "LINUX" },
    executionRoleArn: executionRole.attrArn,
    taskRoleArn: taskRole.attrArn,
    ...(agent === null ? {} : { enableFaultInjection: true, pidMode: "task" }),
    containerDefinitions: containers(component, { image, environment, logConfiguration, agent, site }),
    volumes: [{ name: SCRATCH }, ...mounts(site, component).map(({ volume }) => volume)],
    tags: tagged(shipment, component),
  });
}

/** Lines that CloudWatch does not take in time are dropped; a program that waits for its log would answer nobody. */
function logTo(logs: CfnLogGroup, region: string): CfnTaskDefinition.LogConfigurationProperty {
  return {
    logDriver: "awslogs",
    options: {
      "awslogs-group": logs.ref,
      "awslogs-region": region,
      "awslogs-stream-prefix": "task",
      mode: "non-blocking",
      "max-buffer-size": ECS_TASK.logBuffer.value,
    },
  };
}

interface Parts {
  readonly site: Site;
  readonly image: Image;
  readonly environment: ProgramEnvironment;
  readonly logConfiguration: CfnTaskDefinition.LogConfigurationProperty;
  readonly agent: FaultAgent | null;
}

function containers(
  component: ServiceComponent,
  { site, image, environment, logConfiguration, agent }: Parts,
): CfnTaskDefinition.ContainerDefinitionProperty[] {
  const { settings } = component;
  const secrets = Object.entries(environment.secrets).map(([name, valueFrom]) => ({ name, valueFrom }));
  const program: CfnTaskDefinition.ContainerDefinitionProperty = {
    name: PROGRAM,
    image: image.uri,
    essential: true,
    command: commandWords(settings.run),
    ...(settings.port === null
      ? {}
      : { portMappings: [{ name: PROGRAM, containerPort: settings.port, hostPort: settings.port, protocol: "tcp" }] }),
    environment: Object.entries(environment.variables).map(([name, value]) => ({ name, value })),
    ...(secrets.length === 0 ? {} : { secrets }),
    stopTimeout: Math.max(1, Math.round(settings.drainMs / 1_000)),
    readonlyRootFilesystem: true,
    privileged: false,
    linuxParameters: { initProcessEnabled: true },
    mountPoints: [
      { sourceVolume: SCRATCH, containerPath: SCRATCH_PATH, readOnly: false },
      ...mounts(site, component).map(({ mountPoint }) => mountPoint),
    ],
    logConfiguration,
  };
  return [program, ...(agent === null ? [] : [agent.container])];
}

interface Mount {
  readonly volume: CfnTaskDefinition.VolumeProperty;
  readonly mountPoint: CfnTaskDefinition.MountPointProperty;
}

/** File systems and volumes that the program finds at `/mnt/<id>`. */
function mounts(site: Site, { id, settings }: ServiceComponent): Mount[] {
  return settings.uses.flatMap((used): Mount[] => {
    const handle = site.handles.find(used);
    const mountPoint = { sourceVolume: used, containerPath: mountPath(used), readOnly: false };
    if (handle?.kind === "volume") return [{ volume: fromInstance(used), mountPoint }];
    if (handle?.kind !== "file-system") return [];
    const engine = findComponent(site.shipment.topology, "file-system", used)?.settings.engine;
    if (engine === "efs") {
      const { fileSystemId, accessPointId } = handle;
      const access = { iam: "ENABLED", ...(accessPointId === null ? {} : { accessPointId }) };
      const settingsOfEfs = { filesystemId: fileSystemId, transitEncryption: "ENABLED", authorizationConfig: access };
      return [{ volume: { name: used, efsVolumeConfiguration: settingsOfEfs }, mountPoint }];
    }
    // Lustre is mounted by the instance; Windows shares are opened by programs, with a user of the directory.
    if (engine === "fsx-lustre" && settings.platform === "ec2") return [{ volume: fromInstance(used), mountPoint }];
    if (engine === "fsx-lustre") throw cannotMount(id, used, settings.platform);
    return [];
  });
}

function fromInstance(id: string): CfnTaskDefinition.VolumeProperty {
  return { name: id, host: { sourcePath: mountPath(id) } };
}

/** https://docs.aws.amazon.com/fsx/latest/LustreGuide/mounting-ecs.html */
function cannotMount(service: string, fileSystem: string, platform: string): UserError {
  return new UserError({
    code: "AWS-054" satisfies AwsCode,
    message: `"${service}" is on ${platform}, where the Lustre file system "${fileSystem}" cannot be mounted`,
    fix: 'write platform: "ec2", or use a file system with engine: "efs"',
    at: `services.${service}.uses`,
  });
}

/**
 * What starts a task: fetch its image, and write its logs.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
function toStart({ repositoryArn }: Image, logs: CfnLogGroup): readonly Statement[] {
  const pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
  return [
    { sid: "LogIntoRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] }, // it knows no resources
    { sid: "PullImage", actions: pull, resources: [repositoryArn] },
    { sid: "WriteLogs", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [logs.attrArn] },
  ];
}
