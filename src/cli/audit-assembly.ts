import type { Finding } from "../base/audit-document.ts";
import type { Topology } from "../topology/topology.ts";

/**
 * What the audit finds in an assembly that was just written, held to the objectives of its own definition. Who keeps
 * nothing but backups in the second region has asked for no more there.
 */
export async function auditAssembly(directory: string, topology: Topology): Promise<readonly Finding[]> {
  const { audit } = await import("../audit/audit.ts");
  const { readInput } = await import("../audit/read/input.ts");
  const { templates } = await readInput([directory], { region: null });
  const { region, zone, availability } = topology.objectives;
  const { findings } = audit(templates, {
    objectives: {
      multiRegion: topology.regions.length > 1 && topology.recovery !== "backup-restore",
      regionRtoMs: region.rtoMs,
      regionRpoMs: region.rpoMs,
      zoneRtoMs: zone.rtoMs,
      availability,
    },
  });
  return findings.filter(({ outcome }) => outcome === "fail");
}
