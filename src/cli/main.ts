#!/usr/bin/env node
import nodeModule from "node:module";
import { Command, CommanderError } from "commander";
import { UserError, isUserError, messageOf } from "../base/error.ts";
import { VERSION } from "../base/version.ts";
import type { WorldClient } from "../local/client.ts";
import { refuseFlagsAsValues } from "./flag-value.ts";
import { EXIT, colors } from "./output.ts";

// Not there before Node 22.8: an older one is told so below, instead of failing at the import.
nodeModule.enableCompileCache?.();

/** Each verb is loaded when it is called, so that none pays for another. */
const VERBS: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import("./check.ts")).checkCommand(),
  up: async () => (await import("./up.ts")).upCommand(),
  status: async () => (await import("./status.ts")).statusCommand(),
  logs: async () => (await import("./logs.ts")).logsCommand(),
  down: async () => (await import("./down.ts")).downCommand(),
  break: async () => (await import("./break.ts")).breakCommand(),
  heal: async () => (await import("./break.ts")).healCommand(),
  drill: async () => (await import("./drill.ts")).drillCommand(),
  backup: async () => (await import("./backup.ts")).backupCommand(findWorld),
  restore: async () => (await import("./restore.ts")).restoreCommand(findWorld),
  audit: async () => (await import("./audit.ts")).auditCommand(),
  simulate: async () => (await import("./simulate.ts")).simulateCommand(),
  estimate: async () => (await import("./estimate.ts")).estimateCommand(),
  synth: async () => (await import("./synth.ts")).synthCommand(),
  deploy: async () => (await import("./deploy.ts")).deployCommand(),
  failover: async () => (await import("./failover.ts")).failoverCommand(),
  failback: async () => (await import("./failover.ts")).failbackCommand(),
  destroy: async () => (await import("./destroy.ts")).destroyCommand(),
  doctor: async () => (await import("./doctor.ts")).doctorCommand(),
};

/** Loaded by the two verbs alone that are given it. */
async function findWorld(stateDirectory: string): Promise<WorldClient> {
  return (await import("../local/open-world.ts")).findWorld(stateDirectory);
}

async function program(argument: string | undefined): Promise<Command> {
  const root = new Command("holdfast")
    .description("Will this system survive? Define it once; run it, break it, measure what was lost.")
    .version(VERSION)
    .exitOverride()
    .addHelpText("after", "\nExamples:\n  $ holdfast check\n  $ holdfast up\n  $ holdfast drill\n");
  const verb = argument === undefined ? undefined : VERBS[argument];
  const wanted = verb === undefined ? Object.values(VERBS) : [verb];
  for (const load of wanted) root.addCommand(refuseFlagsAsValues((await load()).exitOverride()));
  return root;
}

try {
  requireNode(22, 18);
  await (await program(process.argv[2])).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Definitions in TypeScript, SQLite and much else need it. */
function requireNode(major: number, minor: number): void {
  const [ours = 0, oursMinor = 0] = process.versions.node.split(".").map(Number);
  if (ours > major || (ours === major && oursMinor >= minor)) return;
  throw new UserError({
    code: "RUN-013",
    message: `Node ${process.versions.node} is too old (from ${major}.${minor} on)`,
    fix: "install a newer Node, or `npm install --save-dev node@24` beside your definition",
  });
}

/** Says what went wrong, the user's error or ours, and gives the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.userError;
  if (isUserError(error)) {
    const at = error.at === undefined ? "" : `${colors.dim(error.at)}\n`;
    process.stderr.write(`${at}${colors.red(error.code)} ${error.message}\n  ${colors.green("fix:")} ${error.fix}\n`);
    return EXIT.userError;
  }
  const stack = error instanceof Error ? error.stack : messageOf(error);
  process.stderr.write(`${colors.red("this is a bug in holdfast")}; please report it with what follows\n${stack}\n`);
  return EXIT.bug;
}
