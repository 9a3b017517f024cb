import { execFile } from "node:child_process";

/** What a short-lived command of the system said. `code` is null where it could not start or ran out of time. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end without a shell. Never rejects: a command that is missing has code null and says so in
 * `stderr`. For short errands alone (a version, an unpacking); what lives on is started by the `Spawner`.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>>; timeoutMs?: number } = {},
): Promise<CommandResult> {
  const settings = {
    cwd: options.cwd,
    env: options.env,
    timeout: options.timeoutMs ?? 10_000,
    maxBuffer: 16 * 2 ** 20,
  };
  return new Promise((resolve) => {
    execFile(command, [...args], settings, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else
        resolve({ code: typeof error.code === "number" ? error.code : null, stdout, stderr: stderr || error.message });
    });
  });
}
