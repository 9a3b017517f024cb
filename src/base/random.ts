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
  return new Sfc32(String(seed));
}

/**
 * Chris Doty-Humphrey's sfc32 (PractRand), seeded by an FNV-1a hash and warmed up. A simulation makes one for each
 * thing that happens, mostly for a single draw.
 */
class Sfc32 implements Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    this.#seed = seed;
    this.#a = hashed(seed, hashed("0:", 0x811c9dc5));
    this.#b = hashed(seed, hashed("1:", this.#a));
    this.#c = hashed(seed, hashed("2:", this.#b));
    for (let i = 0; i < 15; i++) this.next();
  }

  next(): number {
    const b = this.#b;
    const c = this.#c;
    const sum = (this.#a + b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = b ^ (b >>> 9);
    this.#b = (c + (c << 3)) | 0;
    this.#c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!; // the caller promises at least one item
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  fork(label: string): Random {
    return new Sfc32(`${this.#seed}/${label}`);
  }
}

/** FNV-1a over code points, which are asked for only where one may be a pair of units: that takes twice as long. */
function hashed(text: string, from: number): number {
  let hash = from;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const point = (unit & 0xf800) === 0xd800 ? text.codePointAt(at)! : unit; // it is within its length
    if (point > 0xffff) at += 1;
    hash = Math.imul(hash ^ point, 0x01000193);
  }
  return hash;
}
