import { defineSystem } from "holdfast";

/** The smallest system that can lose a write: a program that acknowledges what its database has acknowledged. */
export default defineSystem({
  name: "register",
  regions: { primary: "us-east-1" },
  recovery: "backup-restore",
  edge: {
    domain: "register.example.com",
    routes: { "/*": "register" },
    firewall: { rateLimit: "off" },
    origin: { connectionTimeout: "1 second", connectionAttempts: 1, responseTimeout: "10 seconds" },
    dnsTtl: "10 seconds",
  },
  services: {
    register: { build: ".", run: "node server.ts", health: "/healthz", uses: ["database"], scale: { min: 3, max: 6 } },
  },
  databases: { database: {} },
  journeys: { entry: { write: "POST /entries", read: "GET /entries/{key}" } },
});
