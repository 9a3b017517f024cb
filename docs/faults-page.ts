import { loadDefinition } from "../src/definition/load.ts";
import { FAULTS } from "../src/fault/catalogue.ts";
import { AS_EVER, type BlastClass, type Crowd, type Fault, type Flaps } from "../src/fault/fault.ts";
import { REGION_ROLES, isRole, subjectsOf } from "../src/fault/target.ts";
import { compileTopology } from "../src/topology/compile.ts";
import { type Topology, findComponent } from "../src/topology/topology.ts";
import type { LinkEffect, LinkPurpose, Primitive, PrimitiveKind, ServiceEffect } from "../src/world/primitive.ts";

/** The system that shows what a fault is made of. */
const EXAMPLE = "examples/shop/holdfast.config.ts";

const INTRO = [
  "Every way to break a system that `holdfast drill` and `holdfast break` know, from the smallest blast to the",
  "largest. Targets, steps and expectations are those of the shop in `examples/shop`; `holdfast drill --list` shows",
  "what there is to strike in yours. Times and rates are those of the run, whatever its pace. *Held to*: the objective",
  "of the definition that recovery time and loss are held against.",
].join("\n");

/** The page `docs/faults.md`: every fault of the catalogue, by what the code says of it and does to the example. */
export async function faultsPage(): Promise<string> {
  const { definition, directory } = await loadDefinition(EXAMPLE);
  const topology = compileTopology(definition, { regions: "all", directory });
  const rows = FAULTS.map(({ name, summary, scope, blastClass, fisAction }) => {
    return `| [\`${name}\`](#${name}) | ${summary} | ${scope} | ${blastClass} | ${fisAction ?? "none"} |`;
  });
  return [
    "# Faults",
    "",
    "<!-- Written by `npm run docs` from the catalogue in the code. -->",
    "",
    INTRO,
    "",
    "| drill | what it does | touches | held to | at AWS FIS |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    ...FAULTS.map((fault) => section(fault, topology)),
  ].join("\n");
}

function section(fault: Fault, topology: Topology): string {
  const { name, summary, standsFor, scope, blastClass, fisAction, notModelled } = fault;
  const targets = fault.targets(topology);
  const lines = [
    `- **Stands for** ${standsFor}.`,
    `- **Touches** ${SCOPES[scope]}; held to ${HELD_TO[blastClass]}.`,
    `- **Can be aimed at** ${kindsOf(targets, topology) || "nothing in the shop"}.`,
    ...whatItDoes(fault, topology),
    ...whatIsExpected(fault, topology),
    `- **At AWS FIS** ${fisAction === null ? "nothing comes close" : `\`${fisAction}\``}.`,
    `- **Not modelled** ${notModelled.join("; ")}.`,
  ];
  return [`## ${name}`, "", `${capital(summary)}.`, "", ...lines, ""].join("\n");
}

const SCOPES: Readonly<Record<Fault["scope"], string>> = {
  instance: "one instance or component",
  link: "links between things that are all well",
  zone: "a zone",
  region: "a whole region",
};

const HELD_TO: Readonly<Record<BlastClass, string>> = {
  instance: "`objectives.instance`",
  zone: "`objectives.zone`",
  region: "`objectives.region`",
  data: "what it must show: a definition has no objective for data that somebody destroys",
};

/** The first target tells: another one of the same fault is struck alike. */
function subjectIn(fault: Fault, topology: Topology): string | undefined {
  const target = fault.targets(topology)[0];
  return target === undefined ? undefined : (subjectsOf(topology, target)[0] ?? target);
}

function whatItDoes(fault: Fault, topology: Topology): string[] {
  const subject = subjectIn(fault, topology);
  if (subject === undefined) return [];
  const first = inWords(fault.primitives(topology, subject));
  const moment =
    fault.then?.when === "detected" ? "when a failover has begun" : "once the system was watched under that";
  return [
    ...(first === "" ? [] : [`- **Does** ${first}.`]),
    ...(fault.flaps ? [`- **Then** ${flapsInWords(fault.flaps)}.`] : []),
    ...(fault.crowd ? [`- **Crowd** ${crowdInWords(fault.crowd)}.`] : []),
    ...(fault.then ? [`- **Then**, ${moment}: ${inWords(fault.then.primitives(topology, subject))}.`] : []),
  ];
}

function whatIsExpected(fault: Fault, topology: Topology): string[] {
  const subject = subjectIn(fault, topology);
  const { unavailable, claims } = (subject !== undefined && fault.expects?.(topology, subject)) || AS_EVER;
  const kinds = [...new Set(unavailable.map((id) => kindOf(id, topology)))];
  return [
    ...(kinds.length === 0 ? [] : [`- **Cannot work until it is undone** ${kinds.join(", ")}.`]),
    ...(claims.length === 0 ? [] : [`- **Must show** ${claims.map(({ proves }) => proves).join("; ")}.`]),
  ];
}

/** Targets as kinds of things, each once. */
function kindsOf(targets: readonly string[], topology: Topology): string {
  const kinds = targets.map((target) => {
    if (Object.values<string>(REGION_ROLES).includes(target)) return `the ${target}`;
    if (!isRole(target)) return kindOf(target, topology);
    const component = target.slice(target.lastIndexOf(" ") + 1);
    return `the ${target.slice(0, target.length - component.length)}${kindOf(component, topology)}`;
  });
  return [...new Set(kinds)].join(", ");
}

/** What an id stands for: an instance, a component or a zone. */
function kindOf(id: string, topology: Topology): string {
  const instance = topology.instances.find((each) => each.id === id);
  const isComponent = topology.components.some((each) => each.id === id);
  if (instance && !isComponent) {
    const part = findComponent(topology, "service", instance.component) ? "task" : "member";
    return `a ${part} of ${kindOf(instance.component, topology)}`;
  }
  const service = findComponent(topology, "service", id);
  if (service) return service.settings.consumes === null ? "an HTTP service" : "a queue worker";
  const component = topology.components.find((each) => each.id === id);
  if (component?.kind === "edge") return "the edge";
  if (component) return `a ${component.kind}`;
  return topology.regions.some(({ name }) => name === id) ? "the region" : "a zone";
}

/** Steps in order, each kind of step once. */
function inWords(primitives: readonly Primitive[]): string {
  return [...new Set(primitives.map(stepInWords))].join(", ");
}

const PURPOSES: Readonly<Record<LinkPurpose, string>> = {
  client: "clients",
  replication: "replication",
  observe: "health checks of members and zones",
  control: "commands",
};

const STEPS: {
  readonly [K in PrimitiveKind]: (primitive: Extract<Primitive, { kind: K }>) => string;
} = {
  kill: () => "kills processes (SIGKILL)",
  pause: () => "stops processes without ending them (SIGSTOP)",
  "power-off": () => "cuts the power of a zone",
  "region-power-off": () => "cuts the power of a region",
  recover: ({ command: { what } }) => `tells the recovery of regions: ${what}`,
  link: ({ rule: { purposes, effect } }) =>
    linksInWords(purposes?.map((each) => PURPOSES[each]).join(", ") ?? "everything", effect),
  "kill-at-call": ({ operation }) => `kills a task as it calls \`${operation}\`, which vanishes`,
  "service-fault": ({ effect }) => `makes the queue service ${serviceEffectInWords(effect)}`,
  poison: () => "sends a message that nobody can make sense of",
  strand: () => "has a message fail until it is in the dead-letter queue",
  deploy: ({ run }) => `deploys \`${run}\` as the next revision`,
  "health-check": ({ path }) => `makes the balancer's health checks ask for \`${path}\``,
  "size-to-load": ({ share }) => `sizes the scaling target so that the load now is ${100 * share}% of the minimum's`,
  "shift-away": () => "shifts customers away from a zone",
  "site-down": () => "takes the bucket of the static site away from the edge",
  "edge-down": () => "loses the edge location near a region",
  "dns-down": () => "lets the DNS answer nobody who asks near a region",
  "fill-disk": () => "lets nothing more be written to a member's disk",
  "skew-clock": ({ byMs }) => `sets a zone's clocks ${byMs < 0 ? "back" : "forward"} by ${seconds(Math.abs(byMs))}`,
  "hold-endpoint": () => "holds the writer's endpoint where it leads to",
  "delete-rows": () => "deletes every row of a database, and restores it when undone",
  "back-up": () => "begins a backup, which is under way then",
};

function stepInWords<K extends PrimitiveKind>(primitive: Extract<Primitive, { kind: K }>): string {
  const step = STEPS[primitive.kind as K] as (of: typeof primitive) => string;
  return step(primitive);
}

function linksInWords(purposes: string, effect: LinkEffect): string {
  const links = `links for ${purposes}`;
  switch (effect.kind) {
    case "cut":
      return `resets ${links}`;
    case "black-hole":
      return `makes black holes of ${links}`;
    case "slow":
      return `delays what travels over ${links} by ${effect.delayMs} ms`;
    case "throttle":
      return `throttles ${links} to ${effect.bytesPerSecond} bytes a second`;
  }
}

function serviceEffectInWords(effect: ServiceEffect): string {
  switch (effect.kind) {
    case "unavailable":
      return "answer every call with 503";
    case "throttle":
      return `serve ${effect.callsPerSecond} calls a second and turn the rest away`;
    case "slow":
      return `answer each call ${effect.delayMs} ms later`;
  }
}

function flapsInWords({ times, goneMs, backMs }: Flaps): string {
  return `undoes it for ${seconds(goneMs)} and does it again for ${seconds(backMs)}, ${times} times`;
}

function crowdInWords(crowd: Crowd): string {
  if (crowd.kind === "spike") return `${crowd.factor} times as many customers`;
  const rate = `${crowd.requestsPerSecond} requests a second`;
  if (crowd.kind === "flood") return `${rate} for \`${crowd.path}\` from one address`;
  const blocked = crowd.requests.filter(({ expect }) => expect === "blocked").map(({ label }) => label);
  const served = crowd.requests.filter(({ expect }) => expect === "served").map(({ label }) => label);
  return `${rate}; to be blocked: ${blocked.join(", ")}; to be let through: ${served.join(", ")}`;
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
