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
  let a = hashed(`0:${text}`, 0x811c9dc5);
  let b = hashed(`1:${text}`, a);
  let c = hashed(`2:${text}`, b);
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

/** FNV-1a over code points. A simulation seeds a generator for each thing that happens, so this is a hot loop. */
function hashed(text: string, from: number): number {
  let hash = from;
  for (let at = 0; at < text.length; at += 1) {
    const point = text.codePointAt(at)!; // it is within its length
    if (point > 0xffff) at += 1;
    hash = Math.imul(hash ^ point, 0x01000193);
  }
  return hash >>> 0;
}
