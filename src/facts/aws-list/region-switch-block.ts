import type { NameList } from "./list.ts";

/** The kinds of execution block that a plan of ARC Region switch may have (`ExecutionBlockType`). */
export const REGION_SWITCH_BLOCKS: NameList = {
  url: "https://docs.aws.amazon.com/arc-region-switch/latest/api/API_Step.html",
  readOn: "2026-11-21",
  names: [
    "ARCRegionSwitchPlan",
    "ARCRoutingControl",
    "AuroraGlobalDatabase",
    "AuroraProvisionedScaling",
    "AuroraServerlessScaling",
    "CustomActionLambda",
    "DocumentDb",
    "EC2AutoScaling",
    "ECSServiceScaling",
    "EKSResourceScaling",
    "LambdaEventSourceMapping",
    "ManualApproval",
    "NeptuneGlobalDatabase",
    "Parallel",
    "RdsCreateCrossRegionReplica",
    "RdsPromoteReadReplica",
    "RdsSwitchoverReadReplica",
    "Route53HealthCheck",
    "SSMSendCommand",
  ],
};
