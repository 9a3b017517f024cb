import { defineSystem } from "holdfast";

/** A shop that takes an order at once and works it off later. Drawn and checked by `holdfast check`. */
export default defineSystem({
  name: "shop",
  regions: { primary: "us-east-1", secondary: "us-west-2" }, // three zones in each
  recovery: "warm-standby",
  objectives: {
    availability: "99.99%",
    peak: "500 requests/second",
    instance: { rto: "90 seconds", rpo: "0 seconds" }, // a cache takes about a minute to fail over at AWS
    zone: { rto: "2 minutes", rpo: "0 seconds" },
    region: { rto: "15 minutes", rpo: "30 seconds" },
  },

  edge: {
    domain: "shop.example.com",
    hostedZoneId: "Z0123456789EXAMPLE", // yours, where the domain is; nothing here asks for it
    site: "./site",
    routes: { "/api/*": "api" },
    firewall: { rateLimit: 2_000 }, // from one address in five minutes
    origin: { connectionTimeout: "1 second", connectionAttempts: 1, responseTimeout: "5 seconds" },
    dnsTtl: "10 seconds",
    dnsHealthCheck: { interval: "10 seconds", threshold: 1 }, // all of its vantage points must agree
  },
  services: {
    api: {
      build: "./api",
      run: "node server.ts",
      protocol: "https",
      health: {
        path: "/healthz",
        deepPath: "/healthz/deep",
        interval: "5 seconds",
        timeout: "2 seconds",
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
      uses: ["orders", "sessions", "database"],
      scale: { min: 3, max: 30, on: { concurrentRequests: 50 } },
    },
    fulfilment: {
      build: "./fulfilment",
      run: "node worker.ts",
      consumes: "orders",
      uses: ["database"],
      scale: { min: 3, max: 30, on: { queueDepth: 100 } },
    },
  },
  queues: { orders: { maxReceives: 5 } }, // a dead-letter queue comes by itself
  databases: { database: { engine: "aurora-postgresql" } },
  caches: { sessions: {} },

  // As api/guard.ts has it; drills are predicted by it.
  assumptions: { calls: { timeout: "300 milliseconds", attempts: 2, breakAfter: 5, breakFor: "500 milliseconds" } },

  journeys: {
    order: { write: "POST /api/orders", read: "GET /api/orders/{key}", module: "./journeys/order.ts" },
    cart: { module: "./journeys/cart.ts", durability: "best-effort" },
    browse: { read: "GET /" },
  },
});
