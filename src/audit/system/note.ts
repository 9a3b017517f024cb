/** Where a file of assumptions says something. */
const say = (key: string): string => `say it with ${key} in --assumptions`;

/**
 * What is taken for granted because templates do not say it, each as a sentence about those that it is taken of. Where
 * two readings are possible, the low end of the range is played by the worse one.
 */
const NOTES = {
  entry: (names) => `customers come in at ${names}; each must answer (${say("entries")})`,
  program: (names) => `nothing here answers from outside; customers are taken to come to ${names} (${say("entries")})`,
  open: (names) => `what ${names} leads to is not in these templates, and never fails`,
  condition: (names) => `conditions leave it open whether there is ${names}: what stands for the same is played alone`,
  region: (names) => `${names} is left out: no template says how one region takes over from another (${say("region")})`,
  zones: () => `the templates name no zones: the region is taken to have three`,
  place: (names) =>
    `nobody says in which zone ${names} stands: all in one where they can, at the low end apart (${say("zones")})`,
  spread: (names) =>
    `nobody says over which zones ${names} is spread: over all, at the low end in one (${say("zones")})`,
  count: (names) =>
    `nobody says how many there are of ${names}: one a zone, at the low end one in all (${say("tasks")})`,
  redundancy: (names) => `nobody says whether there is a standby of ${names}: there is, at the low end there is none`,
  probe: (names) => `health checks of ${names} are not all told: AWS's own defaults`,
  load: (names) => `load is not told: what is left of ${names} bears all customers (${say("peak and tasks")})`,
  likely: (names) => `only likely, so waited for at the low end alone: ${names} (${say("needs")})`,
  standIn: (names) => `could stand in and is not counted on: ${names}`,
  wayOut: (names) => `${names}: programs behind it are taken to need it, since a route leads there`,
  carrier: () =>
    "what only carries requests (names, listeners, keys, secrets, roles) never fails by itself; work behind a queue " +
    "counts for nobody who waits",
} as const satisfies Readonly<Record<string, (names: string) => string>>;

/** What is taken for granted of something. */
export type NoteKind = keyof typeof NOTES;

/** So many names are told. */
const MOST_NAMES = 6;

/** What was taken for granted so far, and of whom. */
export class Notes {
  readonly #names = new Map<NoteKind, Set<string>>();

  /** Something is taken for granted of what has this name. */
  add(kind: NoteKind, name = ""): void {
    const known = this.#names.get(kind) ?? new Set();
    this.#names.set(kind, known.add(name));
  }

  /** A sentence for each kind. */
  sentences(): readonly string[] {
    const kinds = Object.keys(NOTES) as NoteKind[]; // in the order of the table
    return kinds.flatMap((kind) => {
      const names = this.#names.get(kind);
      return names === undefined ? [] : [NOTES[kind](listed([...names].toSorted()))];
    });
  }
}

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return rest > 0 ? `${names.slice(0, MOST_NAMES).join(", ")} and ${rest} more` : names.join(", ");
}
