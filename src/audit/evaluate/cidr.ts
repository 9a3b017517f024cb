/** A block of IPv4 addresses. */
export interface Block {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

const LENGTH = 32;

/** CloudFormation makes no more blocks at once. */
const MOST_BLOCKS = 256;

/** The block that a text such as `10.0.0.0/16` means; undefined where it is none. */
export function blockOf(text: unknown): Block | undefined {
  const [, address, length] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(typeof text === "string" ? text : "") ?? [];
  const bytes = (address ?? "").split(".").map(Number);
  const prefix = Number(length);
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255) || !(prefix <= LENGTH)) return undefined;
  const size = 2 ** (LENGTH - prefix);
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const first = number - (number % size);
  return { first, last: first + size - 1, prefix };
}

/** Whether two blocks have an address in common. */
export function overlaps(one: Block, other: Block): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/**
 * What `Fn::Cidr` makes of a block: the first `count` blocks of 2^`bits` addresses in it; undefined where it has not so
 * many, or is none.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
 */
export function subBlocks(block: string, count: number, bits: number): readonly string[] | undefined {
  const whole = blockOf(block);
  const isWhole = Number.isInteger(count) && Number.isInteger(bits) && bits >= 0;
  if (whole === undefined || !isWhole || count < 1 || count > MOST_BLOCKS) return undefined;
  const { first, last } = whole;
  const size = 2 ** bits;
  if (first + count * size - 1 > last) return undefined;
  return Array.from({ length: count }, (_, at) => `${dotted(first + at * size)}/${LENGTH - bits}`);
}

function dotted(address: number): string {
  return [3, 2, 1, 0].map((byte) => Math.floor(address / 256 ** byte) % 256).join(".");
}
