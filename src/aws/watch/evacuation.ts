import type { ServiceHandle } from "../handle.ts";
import { logicalId } from "../name.ts";
import type { NetworkZone, Site } from "../ship.ts";
import type { Runbook, RunbookStep } from "../recovery/runbook.ts";
import type { Statement } from "../role.ts";
import { availabilityZone, zoneLetter } from "../zone.ts";
import { prefixOf } from "./kind/service.ts";

/** A balancer of a service, which a zonal shift moves. */
interface Front {
  readonly id: string;
  readonly arn: string;
  readonly prefix: string;
}

/**
 * The runbooks to leave a zone, and to come back. Balancers are shifted, one at a time as AWS takes them. A service
 * without a balancer takes its work by itself, wherever it runs, and no zonal shift is for tasks of ECS: it is placed
 * in the subnets of the other zones alone, by a deployment that starts new tasks there before it stops the old ones.
 * That lasts until the second runbook, or the next deploy that changes the service, places it everywhere again. None
 * where nothing could leave.
 *
 * https://docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-shift.resource-types.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export function evacuations(site: Site): readonly Runbook[] {
  const services = site.handles.all("service");
  const fronts = services.flatMap(({ id, balancers }) =>
    balancers.map(({ arn }, index) => ({ id, arn, prefix: prefixOf(index) })),
  );
  const alone = services.filter(({ balancers }) => balancers.length === 0);
  const workers = site.network.zones.length < 2 ? [] : alone.filter(({ platform }) => platform !== "eks");
  const pods = alone.filter(({ platform }) => platform === "eks").map(({ id }) => id);
  if (fronts.length === 0 && workers.length === 0) return [];
  const leaving = leave(site, { fronts, workers, pods });
  return workers.length === 0 ? [leaving] : [leaving, comeBack(site, workers)];
}

interface Leaving {
  readonly fronts: readonly Front[];
  readonly workers: readonly ServiceHandle[];
  /** Services without a balancer on Kubernetes, which a person moves. */
  readonly pods: readonly string[];
}

function leave(site: Site, { fronts, workers, pods }: Leaving): Runbook {
  const { shipment, region } = site;
  return {
    name: "evacuate-zone",
    text: [
      `# Shift ${shipment.system} away from a zone of ${region.name}`,
      "",
      "Start this when an alarm says that services fail in one zone and in no other.",
      "Nothing is scaled for it: each zone has room for what another one did.",
      "",
      "It starts a zonal shift of each balancer. A shift ends by itself; to end it earlier, cancel it in",
      "ARC's console.",
      ...(workers.length === 0 ? [] : textOfWorkers(workers)),
      ...(pods.length === 0 ? [] : [`${pods.join(", ")}: drain the nodes of the zone with \`kubectl drain\`.`]),
      "Databases and caches fail over by themselves; tasks behind a balancer stay in the zone, and nobody calls them.",
      "",
      "`Zone` is the zone's id, such as `use1-az1`, not its name: names differ from account to account.",
    ].join("\n"),
    parameters: {
      Zone: {
        type: "String",
        description: "The id of the zone to leave, such as use1-az1",
        allowedPattern: "^[a-z0-9]+-az[0-9]+$",
      },
      ExpiresIn: {
        type: "String",
        description: "How long, in minutes or hours; at most three days",
        default: "1h",
        allowedPattern: "^[1-9][0-9]*[mh]$",
      },
      Comment: { type: "String", description: "Why", default: "evacuation by runbook" },
    },
    steps: [...fronts.map(shift), ...(workers.length === 0 ? [] : moves(site, workers))],
    statements: [...shiftStatements(fronts), ...(workers.length === 0 ? [] : [FIND_ZONE, place(workers)])],
  };
}

function textOfWorkers(workers: readonly ServiceHandle[]): readonly string[] {
  return [
    `It places ${workers.map(({ id }) => id).join(", ")}, which no balancer leads to, in the other zones: new tasks`,
    "start there, then the old ones are stopped. Start the runbook `return-to-zone` when the zone is well again.",
  ];
}

/** Puts tasks back where `evacuate-zone` took them from. */
function comeBack(site: Site, workers: readonly ServiceHandle[]): Runbook {
  const { shipment, region, network } = site;
  return {
    name: "return-to-zone",
    text: [
      `# Let ${shipment.system} run in all zones of ${region.name} again`,
      "",
      "Start this when a zone that was left by the runbook `evacuate-zone` is well again.",
      "",
      `It places ${workers.map(({ id }) => id).join(", ")} in all zones: new tasks start before old ones are stopped.`,
      "Zonal shifts of balancers end by themselves.",
    ].join("\n"),
    parameters: {},
    steps: workers.map((worker, index) => ({
      ...placeIn(worker, network.zones, logicalId("return", worker.id)),
      description: `${worker.id} runs in all zones`,
      ...(index === workers.length - 1 ? { isEnd: true } : {}),
    })),
    statements: [place(workers)],
  };
}

function shift({ id, arn, prefix }: Front): RunbookStep {
  return {
    name: `shift${logicalId(id, prefix)}`,
    action: "aws:executeAwsApi",
    description: `${id} gets no more requests in the zone`,
    inputs: {
      Service: "arc-zonal-shift",
      Api: "StartZonalShift",
      resourceIdentifier: arn,
      awayFrom: "{{ Zone }}",
      expiresIn: "{{ ExpiresIn }}",
      comment: "{{ Comment }}",
    },
    outputs: [{ Name: "ShiftId", Selector: "$.zonalShiftId", Type: "String" }],
    onFailure: "Continue", // one that cannot be shifted is no reason to leave the others
  };
}

/** An automation cannot take something out of a list, so for each zone there is a way through the workers. */
function moves({ network, region }: Site, workers: readonly ServiceHandle[]): readonly RunbookStep[] {
  const nameOf = (zone: string, { id }: ServiceHandle): string => `leave${logicalId(zoneLetter(zone), id)}`;
  const ways = network.zones.flatMap(({ zone }) =>
    workers.map((worker, index): RunbookStep => {
      const others = network.zones.filter((each) => each.zone !== zone);
      const last = index === workers.length - 1;
      return {
        ...placeIn(worker, others, nameOf(zone, worker)),
        description: `${worker.id} leaves zone ${zoneLetter(zone)}`,
        ...(last ? { isEnd: true } : {}),
      };
    }),
  );
  return [
    {
      name: "findZone",
      action: "aws:executeAwsApi",
      description: "what this account calls the zone",
      inputs: { Service: "ec2", Api: "DescribeAvailabilityZones", ZoneIds: ["{{ Zone }}"] },
      outputs: [{ Name: "ZoneName", Selector: "$.AvailabilityZones[0].ZoneName", Type: "String" }],
      onFailure: "Abort",
    },
    {
      name: "chooseZone",
      action: "aws:branch",
      inputs: {
        Choices: network.zones.map(({ zone }) => ({
          NextStep: nameOf(zone, workers[0]!), // there is one, or there are no moves
          Variable: "{{ findZone.ZoneName }}",
          StringEquals: availabilityZone(region.name, zone),
        })),
      },
      isEnd: true,
    },
    ...ways,
  ];
}

/** A new deployment of a service in these zones; how many tasks there are stays. */
function placeIn(
  { clusterName, arn, securityGroupId }: ServiceHandle,
  zones: readonly NetworkZone[],
  name: string,
): RunbookStep {
  return {
    name,
    action: "aws:executeAwsApi",
    inputs: {
      Service: "ecs",
      Api: "UpdateService",
      cluster: clusterName,
      service: arn,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: zones.map(({ privateSubnetId }) => privateSubnetId),
          securityGroups: [securityGroupId],
          assignPublicIp: "DISABLED",
        },
      },
    },
    onFailure: "Continue",
  };
}

const FIND_ZONE: Statement = { sid: "FindZone", actions: ["ec2:DescribeAvailabilityZones"], resources: ["*"] };

function place(workers: readonly ServiceHandle[]): Statement {
  return { sid: "Place", actions: ["ecs:UpdateService"], resources: workers.map(({ arn }) => arn) };
}

function shiftStatements(fronts: readonly Front[]): Statement[] {
  if (fronts.length === 0) return [];
  const actions = ["arc-zonal-shift:GetManagedResource", "arc-zonal-shift:StartZonalShift"];
  return [{ sid: "Shift", actions, resources: fronts.map(({ arn }) => arn) }];
}
