import { assert } from "../../base/error.ts";
import { type ServiceComponent, componentsOf } from "../../topology/topology.ts";
import { serviceEnvironment } from "../environment.ts";
import type { Site } from "../ship.ts";
import { capacityOf } from "./capacity.ts";
import { exposureOf } from "./exposure.ts";
import { architectureOf, commandWords, shipImage } from "./image.ts";
import { JSON_KEY, namespaceOf, placeholder, valuesName } from "./kubernetes.ts";

/** A file of manifests, to be written beside the assembly. */
export interface ManifestFile {
  /** Relative to the assembly: `kubernetes/us-east-1/office.yaml`. */
  readonly path: string;
  /** YAML documents, each written as JSON, which YAML takes. `${NAME}` stands for a line of the parameter. */
  readonly text: string;
}

/** Where pods find their secrets as files, too: without the mount the driver would not fetch them. */
const SECRETS_PATH = "/mnt/secrets";

/** A pod whose processors are this busy, in percent of what it asks for, is not enough. */
const BUSY_PERCENT = 60;

/**
 * The manifests of the services of a region that run on Kubernetes: what CloudFormation cannot make. Each begins with
 * how it is applied, from inside of the network, once the stack is deployed.
 */
export function kubernetesManifests(site: Site): readonly ManifestFile[] {
  if (!site.presence.deployed) return [];
  return componentsOf(site.shipment.topology, "service")
    .filter(({ settings }) => settings.platform === "eks")
    .map((component) => ({
      path: `kubernetes/${site.region.name}/${component.id}.yaml`,
      text: [
        ...howToApply(site, component),
        ...documentsOf(site, component).map((document) => `---\n${JSON.stringify(document, null, 2)}`),
        "",
      ].join("\n"),
    }));
}

function howToApply(site: Site, { id }: ServiceComponent): readonly string[] {
  const { region } = site;
  return [
    `# aws ssm get-parameter --region ${region.name} --name ${valuesName(site, id)} \\`,
    `#   --query Parameter.Value --output text > ${id}.env`,
    `# set -a; . ./${id}.env; set +a; envsubst < ${id}.yaml | kubectl apply --filename -`,
  ];
}

function documentsOf(site: Site, component: ServiceComponent): readonly object[] {
  const { id } = component;
  const namespace = namespaceOf(site);
  const named = { name: id, namespace, labels: { app: id } };
  const { min, max } = capacityOf(site, component);
  const secrets = secretDocuments(site, component);
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: named },
    ...secrets,
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: named,
      spec: deployment(site, component, secrets.length > 0),
    },
    ...front(site, component),
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: named,
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: id } } },
    },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: named,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: id },
        minReplicas: Math.max(1, min), // Kubernetes scales to no fewer; a pilot light keeps one
        maxReplicas: max,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: BUSY_PERCENT } },
          },
        ],
      },
    },
  ];
}

function deployment(site: Site, component: ServiceComponent, hasSecrets: boolean): object {
  const { id, settings } = component;
  const spread = (topologyKey: string, whenUnsatisfiable: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: { app: id } },
  });
  const seconds = Math.ceil(settings.drainMs / 1_000);
  return {
    // No `replicas`: they are the autoscaler's.
    selector: { matchLabels: { app: id } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "100%" } },
    template: {
      metadata: { labels: { app: id } },
      spec: {
        serviceAccountName: id,
        // Until the balancer has let go of it, and then as long as it may finish what it works on.
        terminationGracePeriodSeconds: 2 * seconds,
        nodeSelector: { "kubernetes.io/arch": architectureOf(component) === "ARM64" ? "arm64" : "amd64" },
        topologySpreadConstraints: [
          spread("topology.kubernetes.io/zone", "DoNotSchedule"),
          spread("kubernetes.io/hostname", "ScheduleAnyway"),
        ],
        containers: [container(site, component, hasSecrets)],
        volumes: [
          { name: "scratch", emptyDir: {} },
          ...(hasSecrets
            ? [
                {
                  name: "secrets",
                  csi: {
                    driver: "secrets-store.csi.k8s.io",
                    readOnly: true,
                    volumeAttributes: { secretProviderClass: id },
                  },
                },
              ]
            : []),
        ],
      },
    },
  };
}

function container(site: Site, component: ServiceComponent, hasSecrets: boolean): object {
  const { id, settings } = component;
  const { variables, secrets } = serviceEnvironment(site, component);
  const { cpuMillis, memoryMiB } = settings.size;
  const seconds = Math.ceil(settings.drainMs / 1_000);
  const { health, port, protocol } = settings;
  const probe = health && {
    httpGet: { path: health.path, port, ...(protocol === "https" ? { scheme: "HTTPS" } : {}) },
    periodSeconds: Math.ceil(health.intervalMs / 1_000),
    timeoutSeconds: Math.ceil(health.timeoutMs / 1_000),
    failureThreshold: health.unhealthyThreshold,
  };
  return {
    name: id,
    image: placeholder("IMAGE", shipImage(site, component).uri),
    args: commandWords(settings.run),
    ...(port === null ? {} : { ports: [{ containerPort: port }] }),
    env: [
      ...Object.entries(variables).map(([name, value]) => ({ name, value: placeholder(`VARIABLE_${name}`, value) })),
      ...Object.keys(secrets).map((name) => ({ name, valueFrom: { secretKeyRef: { name: id, key: name } } })),
    ],
    resources: {
      requests: { cpu: `${cpuMillis}m`, memory: `${memoryMiB}Mi` },
      limits: { memory: `${memoryMiB}Mi` },
    },
    ...(probe === null ? {} : { readinessProbe: probe, livenessProbe: { ...probe, failureThreshold: 5 } }),
    ...(port === null ? {} : { lifecycle: { preStop: { sleep: { seconds } } } }),
    securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true, allowPrivilegeEscalation: false },
    volumeMounts: [
      { name: "scratch", mountPath: "/tmp" },
      ...(hasSecrets ? [{ name: "secrets", mountPath: SECRETS_PATH, readOnly: true }] : []),
    ],
  };
}

/** The service's own address inside of the cluster, and what registers its pods with the balancers' targets. */
function front(site: Site, component: ServiceComponent): object[] {
  const { id, settings } = component;
  const { customers, programs } = exposureOf(site.shipment.topology, component);
  const namespace = namespaceOf(site);
  const { port } = settings;
  if (port === null) return [];
  const bind = (name: string, targets: "TARGETS" | "INNER_TARGETS") => ({
    apiVersion: "eks.amazonaws.com/v1",
    kind: "TargetGroupBinding",
    metadata: { name, namespace },
    spec: { serviceRef: { name: id, port }, targetType: "ip", targetGroupARN: `\${${targets}}` },
  });
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: id, namespace },
      spec: { type: "ClusterIP", selector: { app: id }, ports: [{ port, targetPort: port, protocol: "TCP" }] },
    },
    ...(customers === null ? [] : [bind(id, "TARGETS")]),
    ...(programs ? [bind(`${id}-inner`, "INNER_TARGETS")] : []),
  ];
}

/**
 * What fetches secrets, as the pod's own identity, and keeps them as a secret of Kubernetes for its variables.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/ascp-pod-identity-integration.html
 */
function secretDocuments(site: Site, component: ServiceComponent): object[] {
  const { id } = component;
  const secrets = Object.entries(serviceEnvironment(site, component).secrets);
  if (secrets.length === 0) return [];
  const objects = secrets.map(([name, valueFrom]) => {
    const [, key] = JSON_KEY.exec(valueFrom) ?? [];
    assert(key, `${name} is a part of a secret`);
    const objectName = placeholder(`SECRET_${name}`, valueFrom);
    return { objectName, objectType: "secretsmanager", jmesPath: [{ path: key, objectAlias: name }] };
  });
  return [
    {
      apiVersion: "secrets-store.csi.x-k8s.io/v1",
      kind: "SecretProviderClass",
      metadata: { name: id, namespace: namespaceOf(site) },
      spec: {
        provider: "aws",
        parameters: { region: site.region.name, usePodIdentity: "true", objects: JSON.stringify(objects) },
        secretObjects: [
          { secretName: id, type: "Opaque", data: secrets.map(([name]) => ({ objectName: name, key: name })) },
        ],
      },
    },
  ];
}
