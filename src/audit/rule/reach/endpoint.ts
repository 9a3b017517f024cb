import { isOneOf } from "../../evaluate/judge.ts";
import { isList } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import { type Places, placesOf, zoneNameOf, zonesIn } from "../../model/place.ts";
import type { Resource } from "../../model/resource.ts";
import { wayOutOf } from "../../model/route.ts";
import { PROGRAMS } from "../../model/standing/compute.ts";
import { placesGiven } from "../../model/standing/standing.ts";
import { needsOf } from "../../radius/need/all.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, resourceRule, unknown } from "../table.ts";
import { isSameZone, unservedZones } from "./zone-name.ts";

/** By network, what runs programs in it. */
const programsByNetwork = derived((model) => {
  const programs = model.of(...PROGRAMS).flatMap((program) => {
    const subnet = placesGiven(program, model)?.places.find((place) => place.subnet !== undefined)?.subnet;
    const network = model.target(subnet?.at("VpcId"));
    return network === undefined ? [] : [{ program, network: network.key }];
  });
  return Map.groupBy(programs, ({ network }) => network);
});

/** An endpoint with one network interface, for programs of more zones. */
const INTERFACE: Rule = resourceRule({
  id: "vpc-endpoint-zones",
  title: "an interface endpoint is in one zone, and its clients are in more",
  severity: "medium",
  practice: "REL10-BP01",
  type: "AWS::EC2::VPCEndpoint",
  judge: (endpoint, model) => {
    if (isOneOf(endpoint.at("VpcEndpointType"), ["Interface"]) !== "yes" || endpoint.exists !== "yes") return undefined;
    const serving = placesOf(endpoint.at("SubnetIds"), model);
    const network = model.target(endpoint.at("VpcId"));
    if (!serving.whole || zonesIn(serving).length !== 1 || network === undefined) return undefined;
    for (const { program } of programsByNetwork(model).get(network.key) ?? []) {
      const clients = placesGiven(program, model);
      const [zone] = clients === undefined ? [] : unservedZones(clients, zonesIn(serving));
      if (zone !== undefined) {
        return fail(`is in ${zonesIn(serving).join("")} alone, and ${program.id} runs in ${zone} too`, "SubnetIds");
      }
    }
    return undefined;
  },
  why: "With that zone the service behind the endpoint is out of reach for the other zones as well.",
  fix: "give `SubnetIds` a subnet of each zone that clients run in",
  source: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
});

/** An endpoint of a firewall or other appliance in another zone than the subnets that are routed through it. */
const FIREWALL: Rule = resourceRule({
  id: "firewall-endpoint-zone",
  title: "a subnet is routed through a firewall endpoint of another zone",
  severity: "high",
  practice: "REL10-BP01",
  type: "AWS::EC2::Subnet",
  judge: (subnet, model) => {
    const way = wayOutOf(subnet, model);
    if (way?.by?.type !== "AWS::EC2::VPCEndpoint" || way.zone === undefined) return undefined;
    if (isSameZone(zoneNameOf(subnet, model), way.zone) !== "no") return undefined;
    return fail(`is in ${zoneNameOf(subnet, model)} and leaves by ${way.by.id}, which is in ${way.zone}`);
  },
  why: "With the zone of the endpoint, this zone reaches nothing any more either.",
  fix: "make an endpoint in each zone and route each zone's subnets to its own by `VpcEndpointId`",
  source: "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-load-balancer-endpoints.html",
});

/** The subnets that are routed through a firewall, whichever of its endpoints they name. */
const subnetsByFirewall = derived((model) => {
  const routed = model.of("AWS::EC2::Subnet").flatMap((subnet) => {
    const route = wayOutOf(subnet, model)?.route;
    const to = (route && model.mentionsFrom(route)) ?? [];
    return to
      .filter(({ path }) => path.startsWith("VpcEndpointId"))
      .map((mention) => ({ subnet, firewall: mention.to.key }));
  });
  return Map.groupBy(routed, ({ firewall }) => firewall);
});

/** A firewall with an endpoint in one zone, for subnets of more. */
const FIREWALL_ZONES: Rule = resourceRule({
  id: "firewall-zones",
  title: "a network firewall is in one zone, and subnets of others are routed through it",
  severity: "high",
  practice: "REL10-BP01",
  type: "AWS::NetworkFirewall::Firewall",
  judge: (firewall, model) => {
    const mappings = firewall.at("SubnetMappings");
    const subnets = isList(mappings)
      ? [...mappings.keys()].map((at) => firewall.at(`SubnetMappings.${at}.SubnetId`))
      : [];
    const serving = placesOf(
      subnets.filter((subnet) => subnet !== undefined),
      model,
    );
    if (!serving.whole || zonesIn(serving).length !== 1) return undefined;
    const behind = (subnetsByFirewall(model).get(firewall.key) ?? []).map(({ subnet }) => subnet);
    const places = { places: behind.map((subnet) => ({ zone: zoneNameOf(subnet, model), subnet })), whole: true };
    const zones = unservedZones(places, zonesIn(serving));
    if (zones.length === 0) return undefined;
    return fail(
      `is in ${zonesIn(serving).join("")} alone, and subnets of ${zones.join(", ")} leave by it`,
      "SubnetMappings",
    );
  },
  why: "With the zone of the firewall's endpoint, all zones behind it reach nothing any more.",
  fix: "give `SubnetMappings` a subnet in each zone, and route each zone's subnets to the endpoint of their own",
  source: "https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewalls.html",
});

/** By file system, what runs programs that mount it. */
const clientsBySystem = derived((model) => {
  const clients = model.of(...PROGRAMS).flatMap((program) =>
    needsOf(program, model)
      .flatMap(({ of }) => of)
      .map((need) => (need.type === "AWS::EFS::AccessPoint" ? model.target(need.at("FileSystemId")) : need))
      .flatMap((system) => (system?.type === "AWS::EFS::FileSystem" ? [{ system: system.key, program }] : [])),
  );
  return Map.groupBy(clients, ({ system }) => system);
});

/** What is wrong for one client of a file system: that it runs in a zone without a mount target. */
function judgeClient(client: Resource, targets: Places, model: Model): Verdict {
  const given = placesGiven(client, model);
  if (given?.whole !== true) return undefined;
  const [missing] = unservedZones(given, zonesIn(targets));
  if (missing !== undefined && targets.whole) return fail(`has no mount target in ${missing}, where ${client.id} runs`);
  const count = zonesIn(given).length;
  const isFewer = zonesIn(targets).length < count && targets.whole;
  return isFewer
    ? unknown(
        `has mount targets in ${zonesIn(targets).length} zones, and ${client.id} runs in ${count}; it depends on which`,
      )
    : undefined;
}

/** A zone in which a file system cannot be mounted. */
const MOUNT_TARGET: Rule = resourceRule({
  id: "efs-mount-target-zone",
  title: "a file system has no mount target in a zone that its clients run in",
  severity: "high",
  practice: "REL10-BP01",
  type: "AWS::EFS::FileSystem",
  judge: (system, model) => {
    const mounts = model.mentionsOf(system, "AWS::EFS::MountTarget").map(({ from }) => from);
    if (mounts.length === 0 || system.at("AvailabilityZoneName") !== undefined) return undefined;
    if (mounts.some(({ exists }) => exists !== "yes")) return undefined;
    const subnets = mounts.map((mount) => placesGiven(mount, model));
    const targets = {
      places: subnets.flatMap((given) => given?.places ?? []),
      whole: subnets.every((given) => given?.whole === true),
    };
    const clients = new Set((clientsBySystem(model).get(system.key) ?? []).map(({ program }) => program));
    return [...clients].map((client) => judgeClient(client, targets, model));
  },
  why: "Its name resolves to the mount target of the client's own zone: without one, the mount fails there.",
  fix: "add an `AWS::EFS::MountTarget` in a subnet of each zone that clients run in",
  source: "https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html",
});

/** Rules about what programs reach by an address in a zone. */
export const ENDPOINT: readonly Rule[] = [INTERFACE, FIREWALL, FIREWALL_ZONES, MOUNT_TARGET];
