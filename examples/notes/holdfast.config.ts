import { defineSystem } from "holdfast";

/** Notes in a database: one program in Python, and no queue between a customer and the disk. */
export default defineSystem({
  name: "notes",
  regions: { primary: "us-east-1" }, // three zones
  objectives: {
    instance: { rto: "1 minute", rpo: "0 seconds" }, // a write waits for the database, and Aurora fails over in 30 s
    zone: { rto: "2 minutes", rpo: "0 seconds" }, // by default the DNS takes 90 s to find out
  },

  edge: { domain: "notes.example.com", hostedZoneId: "Z0123456789EXAMPLE", routes: { "/notes*": "notes" } },
  services: { notes: { run: "python3 server.py", health: "/healthz", uses: ["database"] } },
  databases: { database: {} },

  journeys: { note: { write: "POST /notes", read: "GET /notes/{key}" } },
});
