/**
 * Power and links between zones, each direction apart, and the control plane's way into each zone. Faults are
 * counted, so they may overlap.
 */
export interface Network {
  hasPower(zone: string): boolean;
  /** Whether what is sent from one zone arrives in the other. */
  passes(from: string, to: string): boolean;
  /** Whether the control plane can command, and hear, what is in a zone. */
  isReachable(zone: string): boolean;
  /** Adds one fault, or with -1 takes it back. */
  power(zone: string, change: 1 | -1): void;
  cut(from: string, to: string, change: 1 | -1): void;
  cutControl(zone: string, change: 1 | -1): void;
}

/** How many faults there are of each sort. */
interface ZoneFaults {
  power: number;
  control: number;
  readonly cutTo: Map<string, number>;
}

/** Everything has power and passes. */
export function createNetwork(): Network {
  const zones = new Map<string, ZoneFaults>();
  const faultsOf = (zone: string): ZoneFaults => {
    const known = zones.get(zone) ?? { power: 0, control: 0, cutTo: new Map<string, number>() };
    zones.set(zone, known);
    return known;
  };
  const hasPower = (zone: string): boolean => (zones.get(zone)?.power ?? 0) === 0;
  const isCut = (from: string, to: string): boolean => (zones.get(from)?.cutTo.get(to) ?? 0) > 0;
  return {
    hasPower,
    passes: (from, to) => hasPower(from) && hasPower(to) && !isCut(from, to),
    isReachable: (zone) => hasPower(zone) && (zones.get(zone)?.control ?? 0) === 0,
    power: (zone, change) => void (faultsOf(zone).power += change),
    cut: (from, to, change) => void faultsOf(from).cutTo.set(to, (faultsOf(from).cutTo.get(to) ?? 0) + change),
    cutControl: (zone, change) => void (faultsOf(zone).control += change),
  };
}
