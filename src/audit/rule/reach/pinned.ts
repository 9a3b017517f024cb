import { some } from "../../../base/answer.ts";
import { isSet } from "../../evaluate/judge.ts";
import { keyOf, shown } from "../../evaluate/value.ts";
import { zoneNamed } from "../../model/place.ts";
import { membersOf } from "../../model/standing/data.ts";
import { placesGiven } from "../../model/standing/standing.ts";
import type { Rule } from "../rule.ts";
import { fail, resourceRule } from "../table.ts";
import { unservedZones } from "./zone-name.ts";

const GROUP = "AWS::AutoScaling::AutoScalingGroup";

/** All instances of a cluster in the zone that they are pinned to. */
const CLUSTER: Rule = resourceRule({
  id: "cluster-members-one-zone",
  title: "all instances of a database cluster are pinned to one zone",
  severity: "high",
  practice: "REL10-BP01",
  type: ["AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster"],
  judge: (cluster, model) => {
    const zones = membersOf(cluster, model).map((member) => member.at("AvailabilityZone"));
    const [zone] = zones;
    const isPinned = zones.length > 1 && some(zones.map(isSet)) === "yes" && new Set(zones.map(keyOf)).size === 1;
    if (!isPinned || zoneNamed(zone) === undefined) return undefined;
    return fail(`has ${zones.length} instances, all of them in ${shown(zone)}`);
  },
  why: "A failover needs an instance in another zone: with this one, all of them stop.",
  fix: "set `AvailabilityZone` of the instances to different zones, or leave it out",
  source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html",
});

/** A placement group that holds everything in one zone. */
const PLACEMENT: Rule = resourceRule({
  id: "asg-cluster-placement",
  title: "an Auto Scaling group launches into a cluster placement group",
  severity: "medium",
  practice: "REL10-BP01",
  type: GROUP,
  judge: (group, model) => {
    const placement = model.target(group.at("PlacementGroup"));
    if (placement?.at("Strategy") !== "cluster") return undefined;
    return fail(`launches into ${placement.id}, whose Strategy is cluster`, "PlacementGroup");
  },
  why: "A cluster placement group is in one zone: with it, all instances of the group stop.",
  fix: "set `Strategy` of the placement group to spread or partition, or leave `PlacementGroup` out",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-strategies.html",
});

/** A volume that only instances in its zone can attach. */
const VOLUME: Rule = resourceRule({
  id: "asg-zonal-volume",
  title: "an Auto Scaling group of several zones attaches an EBS volume of one",
  severity: "high",
  practice: "REL10-BP02",
  type: GROUP,
  judge: (group, model) => {
    const given = placesGiven(group, model);
    const launches = model
      .mentionsFrom(group)
      .filter(({ to }) => /^AWS::(EC2::LaunchTemplate|AutoScaling::LaunchConfiguration)$/.test(to.type));
    const volumes = launches.flatMap(({ to }) =>
      model
        .mentionsFrom(to)
        .filter(({ to: volume, path }) => volume.type === "AWS::EC2::Volume" && /UserData/.test(path)),
    );
    return [...new Set(volumes.map(({ to }) => to))].flatMap((volume) => {
      const zone = zoneNamed(volume.at("AvailabilityZone"));
      if (given?.whole !== true || zone === undefined) return [];
      const others = unservedZones(given, [zone]);
      return others.length === 0
        ? []
        : [fail(`attaches ${volume.id}, which is in ${zone}, from ${others.join(", ")} too`)];
    });
  },
  why: "A volume can be attached in its own zone alone: an instance in another comes up without its data.",
  fix: "keep the data in EFS or a database, or give each volume a group with its zone alone in `VPCZoneIdentifier`",
  source: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes.html",
});

/** Rules about what is held in one zone by something other than its subnets. */
export const PINNED: readonly Rule[] = [CLUSTER, PLACEMENT, VOLUME];
