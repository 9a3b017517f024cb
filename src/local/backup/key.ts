import { createHash, hkdfSync } from "node:crypto";
import { UserError } from "../../base/error.ts";
import type { RunCode } from "../codes.ts";

/** What backups are encrypted with. The secret is in no file, log or command line; `id` tells keys apart. */
export interface BackupKey {
  readonly id: string;
  readonly secret: Buffer;
}

/** A key as a user gives it: 32 random bytes in 64 hexadecimal digits. Nothing is derived from words. */
export function readBackupKey(text: string): BackupKey {
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw new UserError({
      code: "RUN-033" satisfies RunCode,
      message: `the key for backups is not 64 hexadecimal digits (it has ${text.length} characters)`,
      fix: "make one with `openssl rand -hex 32`, and keep it where the backups are not",
    });
  }
  const secret = Buffer.from(text, "hex");
  return {
    id: createHash("sha256")
      .update(derive(secret, Buffer.alloc(0), "id"))
      .digest("hex")
      .slice(0, 16),
    secret,
  };
}

/** A key of one file's own: two files never share one, so their counters may both begin at 0. */
export function keyOfFile({ secret }: BackupKey, salt: Buffer): Buffer {
  return derive(secret, salt, "file");
}

function derive(secret: Buffer, salt: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, `holdfast backup ${purpose}`, 32));
}
