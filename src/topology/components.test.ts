import { describe, expect, test } from "vitest";
import { definitionOf } from "../definition/validate.ts";
import { blastRadius } from "./blast-radius.ts";
import { type CompileOptions, compileTopology } from "./compile.ts";
import { PLACE_OF_KIND } from "./components.ts";
import { type Topology, findComponent } from "./topology.ts";

type Loose = Record<string, unknown>;

function compile(changes: Loose = {}, options: Partial<CompileOptions> = {}): Topology {
  const system = {
    name: "carrier",
    regions: { primary: "us-east-1", secondary: "us-west-2" },
    httpApis: { open: { routes: { "GET /parcels/{id}": "track", "POST /parcels": "api" } } },
    accelerators: { front: { to: "scans" } },
    services: {
      api: { run: "x", uses: ["parcels", "events", "delivered", "documents"] },
      scans: { run: "x", protocol: "tcp", uses: ["labels"] },
      quotes: { run: "x", platform: "ec2", uses: ["index", "models"], scale: { min: 4 } },
    },
    functions: {
      track: { code: "./track", uses: ["parcels"] },
      print: { code: "./print", consumes: "orders", uses: ["documents"] },
      look: { code: "./look", uses: ["fast"] },
    },
    schedules: { daily: { expression: "rate(1 day)", to: "track" } },
    queues: { orders: {} },
    topics: { delivered: { subscribers: ["orders", "track"] } },
    buses: { events: { rules: { all: { match: { source: ["x"] }, to: ["delivered"] } } } },
    tables: { parcels: {}, fast: { accelerator: true } },
    buckets: { labels: {}, scratch: { replication: "none" } },
    fileSystems: { documents: {}, models: { engine: "fsx-lustre" } },
    volumes: { index: {} },
    ...changes,
  };
  return compileTopology(definitionOf(system), { regions: "all", directory: "/srv", ...options });
}

const topology = compile();

function idsOf(found: Topology, component: string): readonly string[] {
  return found.instances.filter((instance) => instance.component === component).map(({ id }) => id);
}

function linksFrom({ links }: Topology, id: string): readonly string[] {
  return links.filter(({ from }) => from === id).map(({ to, mode }) => `${mode} ${to}`);
}

test("a bucket is to be copied to the other region unless said, also where there is none yet", () => {
  const copied = ({ components }: Topology) =>
    components.flatMap(({ kind, id, settings }) => (kind === "bucket" ? [`${id} ${settings.replication}`] : []));
  for (const regions of [{ primary: "us-east-1" }, { primary: "us-east-1", secondary: "us-west-2" }]) {
    expect(copied(compile({ regions }))).toEqual(["labels other-region", "scratch none"]);
  }
});

describe("instances", () => {
  test("of an accelerator are one in all, of what is regional one a region", () => {
    expect(idsOf(topology, "front")).toEqual(["front"]);
    for (const id of ["open", "track", "daily", "delivered", "events", "parcels", "labels", "documents"])
      expect(idsOf(topology, id)).toEqual([`${id}-us-east-1`, `${id}-us-west-2`]);
  });

  test("of a volume are one for each task that uses it, in its zone", () => {
    const places = (component: string): readonly (string | null)[] =>
      topology.instances.filter((instance) => instance.component === component).map(({ zone }) => zone);
    expect(places("index")).toEqual(places("quotes"));
    expect(idsOf(topology, "index")).toHaveLength(4 + 2);
  });

  test("of Lustre are one in one zone of a region", () => {
    expect(idsOf(topology, "models")).toEqual(["models-us-east-1a", "models-us-west-2a"]);
  });

  test("of nothing but the global kinds are in a second region that has backups alone", () => {
    const { instances } = compile({ recovery: "backup-restore" });
    expect(instances.filter(({ region }) => region === "us-west-2")).toEqual([]);
  });
});

describe("links", () => {
  test.each<[string, readonly string[]]>([
    ["open", ["synchronous track", "synchronous api"]],
    ["front", ["synchronous scans"]],
    ["api", ["synchronous parcels", "asynchronous events", "asynchronous delivered", "synchronous documents"]],
    ["daily", ["asynchronous track"]],
    ["orders", ["asynchronous print"]],
    ["delivered", ["asynchronous orders", "asynchronous track"]],
    ["events", ["asynchronous delivered"]],
    ["parcels", ["replication parcels"]],
    ["labels", ["replication labels"]],
    ["scratch", []],
    ["documents", ["replication documents"]],
    ["models", []],
  ])("of %s", (id, expected) => {
    expect(linksFrom(topology, id)).toEqual(expected);
  });

  test("copy nothing where there is one region", () => {
    const alone = compile({}, { regions: "primary" });
    expect(["parcels", "labels", "documents"].flatMap((id) => linksFrom(alone, id))).toEqual([]);
  });
});

describe("a journey through an HTTP API", () => {
  const needs = (journey: Loose): readonly string[] | undefined => {
    return compile({ accelerators: {}, journeys: { walk: journey } }).journeys[0]?.needs;
  };

  test("needs what its own routes lead to", () => {
    expect(needs({ read: "GET /parcels/{key}" })).toEqual(["open", "track", "parcels"]);
  });

  test("needs what all routes lead to where a module makes the requests", () => {
    expect(needs({ module: "./walk.ts" })).toEqual([
      "open",
      "api",
      "track",
      "delivered",
      "events",
      "parcels",
      "documents",
    ]);
  });
});

describe("a loss", () => {
  const atRisk = (kind: "region" | "zone" | "instance", id: string): readonly string[] =>
    blastRadius(topology, { kind, id }).dataAtRisk;

  test("of a zone takes what stands in it alone", () => {
    expect(atRisk("zone", "us-east-1a")).toEqual(["models", "index"]);
    expect(atRisk("zone", "us-east-1b")).toEqual(["index"]);
  });

  test("of a region leaves copies of what is copied", () => {
    const { because } = blastRadius(topology, { kind: "region", id: "us-east-1" });
    const held = ["parcels", "fast", "labels", "documents"];
    for (const id of held) expect(because).toContain(`${id}: what the other region has not received yet`);
    for (const id of ["scratch", "models"]) expect(because).toContain(`${id}: all that no backup holds`);
    expect(because).toContain("delivered: the messages that are on their way to its subscribers");
  });

  test("of a function puts no data at risk, and lets its queue wait", () => {
    const { dataAtRisk, because } = blastRadius(topology, { kind: "component", id: "print" });
    expect([dataAtRisk, because]).toEqual([[], ["orders: its messages wait for a worker, for 96 h at most"]]);
  });
});

describe("settings", () => {
  test("of a function say whether it must be in the network", () => {
    const inNetwork = ["track", "print", "look"].map(
      (id) => findComponent(topology, "function", id)?.settings.inNetwork,
    );
    expect(inNetwork).toEqual([false, true, true]); // DAX is reached from inside alone
  });

  test("of a function and of files are absolute and whole", () => {
    expect(findComponent(topology, "function", "track")?.settings.directory).toBe("/srv/track");
    expect(findComponent(topology, "file-system", "models")?.settings.sizeGiB).toBe(1_200);
  });

  test("of shipping take the private subnets for isolated ones that are not there", () => {
    const privateSubnets = ["subnet-00000001", "subnet-00000002", "subnet-00000003"];
    const existing = { vpcId: "vpc-00000001", cidr: "10.9.0.0/16", publicSubnets: privateSubnets, privateSubnets };
    const { shipping } = compile({ network: { existing: { "us-east-1": existing } } });
    expect(shipping.network.existing["us-east-1"]?.isolatedSubnets).toEqual(privateSubnets);
  });

  test("of another stage than the definition's take two zones", () => {
    const dev = compile({}, { stage: "dev" });
    expect(dev.shipping.stage).toBe("dev");
    expect(dev.shipping.network.encryption).toBe("off");
    expect(dev.regions.map(({ zones }) => zones.length)).toEqual([2, 2]);
  });
});

test("every component stands where its kind does, but for Lustre", () => {
  for (const { id, kind, layer, scope } of topology.components) {
    if (id === "models") expect(scope).toBe("zone");
    else expect({ layer, scope }).toEqual(PLACE_OF_KIND[kind]);
  }
});
