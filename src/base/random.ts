/** The only source of chance: seeded, so that a run can be repeated. `Math.random` is banned elsewhere. */
export interface Random {
  /** A number from 0 up to, but not including, 1. */
  next(): number;
  /** A whole number from 0 up to, but not including, `below`. */
  int(below: number): number;
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** A time drawn from the exponential distribution with this mean: the gap between independent arrivals. */
  exponential(mean: number): number;
  /** An independent generator named `label`: adding a use of one does not disturb the draws of another. */
  fork(label: string): Random;
}

/** A generator whose draws follow from `seed` alone (sfc32 over a hashed seed; not for secrets). */
export function seededRandom(seed: number | string): Random {
  const next = sfc32(String(seed));
  const random: Random = {
    next,
    int: (below) => Math.floor(next() * below),
    pick: (items) => items[Math.floor(next() * items.length)]!, // the caller promises at least one item
    exponential: (mean) => -mean * Math.log(1 - next()),
    fork: (label) => seededRandom(`${seed}/${label}`),
  };
  return random;
}

/** Chris Doty-Humphrey's sfc32 (PractRand), seeded by an FNV-1a hash and warmed up. */
function sfc32(text: string): () => number {
  let hash = 0x811c9dc5;
  const seeds = [0, 0, 0].map((_, lane) => {
    for (const char of `${lane}:${text}`) {
      hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193); // a character has a code point
    }
    return hash >>> 0;
  });
  let [a, b, c] = seeds as [number, number, number];
  let counter = 1;
  const draw = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 15; i++) draw();
  return draw;
}
