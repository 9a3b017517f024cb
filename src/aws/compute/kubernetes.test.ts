import { describe, expect, test } from "vitest";
import { shipPrograms, systemOf } from "../../../test/support/program-rig.ts";
import { kubernetesManifests } from "./kubernetes-manifest.ts";

const office = {
  build: "./program",
  run: "node server.ts",
  protocol: "https",
  health: "/healthz",
  platform: "eks",
  uses: ["database", "orders"],
};
const definition = {
  edge: { domain: "shop.example.com", hostedZoneId: "Z0123456789EXAMPLE", routes: { "/office/*": "office" } },
  services: { office },
  databases: { database: {} },
  queues: { orders: {} },
};
const shipped = shipPrograms(systemOf(definition));
const compute = shipped.template("compute");
const [file] = kubernetesManifests(shipped.sites[0]!);

/** The documents of a manifest: each is JSON, after its comments. */
const documents = file!.text
  .split("---\n")
  .slice(1)
  .map((text) => JSON.parse(text));

function specOf(kind: string) {
  return documents.find((each) => each.kind === kind)?.spec;
}

describe("the cluster", () => {
  test("is closed to the internet, encrypts its secrets, logs everything, and takes part in zonal shifts", () => {
    compute.hasResourceProperties("AWS::EKS::Cluster", {
      ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: false },
      ZonalShiftConfig: { Enabled: true },
      DeletionProtection: { Ref: "KubernetesDeletionProtection" },
      UpgradePolicy: { SupportType: "STANDARD" },
    });
    const [cluster] = Object.values(compute.findResources("AWS::EKS::Cluster"));
    expect(cluster!["Properties"].EncryptionConfig[0].Resources).toEqual(["secrets"]);
    expect(cluster!["Properties"].Logging.ClusterLogging.EnabledTypes).toHaveLength(5);
    expect(cluster!["Properties"].ResourcesVpcConfig.SubnetIds).toHaveLength(3);
  });

  test("has a node in each zone at least, on demand, replaced when they are ill", () => {
    const [group] = Object.values(compute.findResources("AWS::EKS::Nodegroup"));
    expect(group!["Properties"]).toMatchObject({
      ScalingConfig: { MinSize: 3 },
      CapacityType: "ON_DEMAND",
      NodeRepairConfig: { Enabled: true },
    });
    expect(group!["Properties"].ScalingConfig).not.toHaveProperty("DesiredSize");
    expect(group!["Properties"].Subnets).toHaveLength(3);
  });

  test("gives pods an identity of their own, with what the service uses", () => {
    compute.hasResourceProperties("AWS::EKS::PodIdentityAssociation", { Namespace: "shop", ServiceAccount: "office" });
    const { OfficePodRole } = compute.findResources("AWS::IAM::Role");
    const text = JSON.stringify(OfficePodRole!["Properties"]);
    expect(text).toContain("sqs:SendMessage");
    expect(text).toContain("sts:TagSession");
  });

  test("has targets that its controller may register pods with", () => {
    compute.hasResourceProperties("AWS::ElasticLoadBalancingV2::TargetGroup", { TargetType: "ip" });
    const { OfficeTargets } = compute.findResources("AWS::ElasticLoadBalancingV2::TargetGroup");
    expect(OfficeTargets!["Properties"].Tags).toContainEqual({
      Key: "eks:eks-cluster-name",
      Value: { Ref: "KubernetesCluster" },
    });
  });
});

describe("manifests", () => {
  test("spread pods over zones, with secrets as variables that no manifest shows", () => {
    const { template, strategy } = specOf("Deployment");
    expect(strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: "100%" });
    expect(template.spec.topologySpreadConstraints[0]).toMatchObject({
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "DoNotSchedule",
    });
    const [container] = template.spec.containers;
    expect(container.env).toContainEqual({
      name: "PGPASSWORD",
      valueFrom: { secretKeyRef: { name: "office", key: "PGPASSWORD" } },
    });
    expect(specOf("Deployment")).not.toHaveProperty("replicas");
  });

  test("keep all but one running while nodes go, and as many as the region is to have", () => {
    expect(specOf("PodDisruptionBudget").maxUnavailable).toBe(1);
    expect(specOf("HorizontalPodAutoscaler")).toMatchObject({ minReplicas: 3, maxReplicas: 9 });
  });

  test("ask pods how they are in the protocol that they speak", () => {
    const [{ readinessProbe, livenessProbe }] = specOf("Deployment").template.spec.containers;
    const httpGet = { path: "/healthz", port: 8080, scheme: "HTTPS" };
    for (const probe of [readinessProbe, livenessProbe]) expect(probe).toMatchObject({ httpGet });
  });

  test("bind pods to the balancer's targets", () => {
    expect(specOf("TargetGroupBinding")).toMatchObject({ targetGroupARN: "${TARGETS}", targetType: "ip" });
  });

  test("leave open only what the region's parameter holds", () => {
    const open = new Set([...file!.text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
    const { OfficeKubernetesValues } = compute.findResources("AWS::SSM::Parameter");
    const text = JSON.stringify(OfficeKubernetesValues!["Properties"]);
    expect(open.size).toBeGreaterThan(5);
    for (const name of open) expect(text).toContain(`${name}='`);
    expect(OfficeKubernetesValues!["Properties"].Name).toBe("/shop/production/kubernetes/office");
  });
});

test("fails with a file system, which pods need a driver for", () => {
  const services = { office: { ...office, uses: ["files"] } };
  const wrong = systemOf({ ...definition, services, fileSystems: { files: {} } });
  expect(() => shipPrograms(wrong)).toThrow(expect.objectContaining({ code: "AWS-054" }));
});
