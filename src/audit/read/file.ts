import { readFile, stat } from "node:fs/promises";
import { UserError, messageOf } from "../../base/error.ts";
import { megabytes, tooLarge } from "./problem.ts";

/** No text that could be read is longer; see `source.ts` for what YAML and JSON may have. */
const LONGEST = 128 * 1024 * 1024;

/** The text of a file, in UTF-8 or in what PowerShell writes. Throws a `UserError` where there is none, or too much. */
export async function readText(file: string): Promise<string> {
  try {
    const found = await stat(file); // a pipe would wait for ever
    if (!found.isFile()) throw new Error("it is no file");
    if (found.size > LONGEST) {
      throw tooLarge(file, `${megabytes(found.size)}, more than ${megabytes(LONGEST)}`);
    }
    return decode(await readFile(file));
  } catch (error) {
    if (error instanceof UserError) throw error;
    const isMissing = (error as { code?: unknown }).code === "ENOENT";
    throw new UserError({
      code: isMissing ? "AUD-001" : "AUD-010",
      message: isMissing ? "there is no such file" : `cannot be read: ${messageOf(error)}`,
      fix: "name a file that can be read",
      at: file,
      cause: error,
    });
  }
}

/** Bytes that are no UTF-8 become the sign for it: what they spoil is that text alone. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  const isWide = first === 0xff && second === 0xfe;
  return isWide ? bytes.subarray(2).toString("utf16le") : bytes.toString("utf8");
}
