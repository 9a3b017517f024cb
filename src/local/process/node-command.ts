import type { Command } from "./child.ts";

/** Where Node may keep compiled code, so that our processes start faster from the second time on. */
const COMPILE_CACHE = "NODE_COMPILE_CACHE";

/**
 * How to start one of our own entry files as a process with an IPC channel. From a checkout the file is TypeScript,
 * which Node
 * runs directly; in the published package it is JavaScript. `entry` is the path that `import.meta.url` leads to.
 */
export function nodeCommand(of: {
  name: string;
  entry: string;
  logFile: string;
  cwd: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
}): Command {
  const compiled = import.meta.url.endsWith(".js");
  const entry = compiled ? of.entry.replace(/\.ts$/, ".js") : of.entry;
  const inherited = ["PATH", "HOME", "TMPDIR", "LANG", COMPILE_CACHE].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    name: of.name,
    command: process.execPath,
    args: [
      ...(compiled ? [] : ["--conditions=source"]),
      "--disable-warning=ExperimentalWarning",
      entry,
      ...(of.args ?? []),
    ],
    cwd: of.cwd,
    env: { ...Object.fromEntries(inherited), ...of.env },
    logFile: of.logFile,
    ipc: true,
  };
}
