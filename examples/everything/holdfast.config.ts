import { defineSystem } from "holdfast";

/** A carrier of parcels that needs a little of everything: each kind of component, engine and platform is here once. */
export default defineSystem({
  name: "parcels",
  regions: { primary: "us-east-1", secondary: "us-west-2" },
  recovery: "warm-standby",
  objectives: {
    availability: "99.99%",
    peak: "300 requests/second",
    zone: { rto: "2 minutes", rpo: "0 seconds" },
    region: { rto: "30 minutes", rpo: "1 minute" },
  },

  edge: {
    domain: "parcels.example.com",
    hostedZoneId: "Z0123456789EXAMPLE", // yours, where the domain is
    site: "./site",
    routes: { "/api/*": "api", "/quotes*": "quotes", "/office/*": "office" },
    cache: { routes: ["/quotes*"] }, // the same for everybody
  },
  httpApis: { partners: { routes: { "GET /parcels/{id}": "track", "POST /parcels": "api" } } },
  accelerators: { scanners: { to: "scans" } }, // hand-held ones, that know two addresses and no DNS

  services: {
    api: {
      build: "./program",
      run: "node server.ts",
      protocol: "https",
      health: "/healthz",
      size: { cpu: 1, memory: "2 GiB" },
      uses: ["database", "sessions", "orders", "parcels", "labels", "documents", "events", "delivered", "quotes"],
    },
    dispatch: {
      build: "./program",
      run: "node worker.ts",
      consumes: "orders",
      uses: ["database", "tours", "events", "thanks"],
      scale: { on: { queueDepth: 50 } },
    },
    scans: { build: "./program", run: "node scans.ts", protocol: "tcp", port: 7000, uses: ["events"] },
    quotes: {
      build: "./program",
      run: "node server.ts",
      protocol: "https",
      health: "/healthz",
      platform: "ec2",
      size: { cpu: 1, memory: "2 GiB", instance: "m7g.large" },
      uses: ["rates", "tariffs", "models"],
    },
    office: {
      build: "./program",
      run: "node server.ts",
      protocol: "https",
      health: "/healthz",
      platform: "eks",
      uses: ["customers", "billing", "ledger"],
    },
  },
  functions: {
    track: { code: "./function", handler: "index.track", uses: ["parcels"] },
    print: { code: "./function", handler: "index.print", consumes: "printing", uses: ["labels", "documents"] },
    thanks: { code: "./function", handler: "index.thanks", uses: ["customers"], reservedConcurrency: 20 },
    report: { code: "./function", handler: "index.report", timeout: "5 minutes", uses: ["billing", "labels"] },
  },
  schedules: {
    nightly: { expression: "cron(0 3 * * ? *)", timezone: "America/New_York", to: "report" },
    tidy: { expression: "rate(1 hour)", to: "printing" },
  },

  queues: { orders: {}, printing: { maxReceives: 3 }, invoices: { retention: "14 days" } },
  topics: { delivered: { subscribers: ["invoices", "thanks"] } },
  buses: {
    events: {
      rules: {
        booked: { match: { "detail-type": ["Booked"] }, to: ["printing"] },
        delivered: { match: { source: ["scans"], detail: { state: ["delivered"] } }, to: ["delivered"] },
        lost: { match: { detail: { state: ["lost"] } }, to: ["thanks"] },
      },
      archive: "90 days",
    },
  },

  databases: {
    database: {},
    customers: { engine: "aurora-mysql" },
    billing: { engine: "postgresql", storage: "200 GiB", endpoint: "proxy" },
    ledger: { engine: "mysql", size: "db.m7g.large", backupRetention: "35 days" },
  },
  caches: { sessions: {}, rates: { engine: "redis" } },
  tables: {
    parcels: {
      sortKey: { name: "at", type: "number" },
      indexes: { "by-customer": { partitionKey: "customer" } },
      timeToLive: "expires",
      accelerator: true,
    },
    tours: { partitionKey: "day", capacity: { read: { min: 10, max: 500 }, write: { min: 10, max: 200 } } },
  },
  buckets: {
    labels: { expireAfter: "400 days", archiveAfter: "30 days" },
    photos: { replication: "same-region" },
    scratch: { replication: "none", expireAfter: "7 days", keepFormer: "1 day" },
  },
  fileSystems: {
    documents: {},
    models: { engine: "fsx-lustre", size: "2400 GiB" }, // made again from a bucket when its zone is lost
    desks: { engine: "fsx-windows", directoryId: "d-0123456789" }, // of the people in the office
  },
  volumes: { tariffs: { size: "50 GiB", snapshotEvery: "12 hours" } },

  journeys: {
    book: { write: "POST /api/parcels", read: "GET /api/parcels/{key}", weight: 3 },
    quote: { read: "GET /quotes/{key}" },
    browse: { read: "GET /" },
  },

  backups: { every: "12 hours" },
  alerts: { emails: ["on-call@parcels.example.com"] },
});
