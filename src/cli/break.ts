import { Command } from "commander";
import { systemClock } from "../base/clock.ts";
import { UserError } from "../base/error.ts";
import { parseDuration } from "../base/units.ts";
import { findFault } from "../fault/catalogue.ts";
import { aim } from "../fault/target.ts";
import { findWorld } from "../local/open-world.ts";
import { terminalHost } from "./output.ts";
import { configOption, stateDirectoryOf, stateOption } from "./system.ts";

/** `holdfast break FAULT [TARGET]`: breaks the running system by hand. */
export function breakCommand(): Command {
  return new Command("break")
    .description("break the running system on purpose")
    .argument("<fault>", "a fault of `holdfast drill --list`")
    .argument("[target]", "an instance, a zone, or a role; the most telling one where left out")
    .addOption(configOption())
    .addOption(stateOption())
    .option("--for <duration>", 'heal it after this long, such as "10s" or "10 seconds"')
    .addHelpText(
      "after",
      "\nExamples:\n  $ holdfast break zone-loss us-east-1a --for 10s\n  $ holdfast break database-crash\n",
    )
    .action(
      async (name: string, target: string | undefined, options: { config: string; state?: string; for?: string }) => {
        const host = terminalHost();
        const forMs = options.for === undefined ? undefined : durationOf(options.for);
        const world = await findWorld(stateDirectoryOf(options));
        try {
          const fault = findFault(name);
          const chosen = target ?? fault.targets(world.topology)[0] ?? "";
          const aimed = aim(fault, chosen, { topology: world.topology, status: await world.status() });
          const id = await world.inject({ name: fault.name, target: aimed.subject, primitives: aimed.primitives });
          host.say({ level: "info", about: aimed.subject, text: `broken: ${fault.summary}` });
          if (aimed.primitives.every(({ kind }) => kind === "kill")) {
            return host.say({ level: "info", text: "there is nothing to heal: it comes back by itself" });
          }
          if (forMs === undefined) return host.say({ level: "info", text: `mend it with: holdfast heal ${id}` });
          await systemClock.sleep(forMs);
          await world.heal(id);
          host.say({ level: "info", about: aimed.subject, text: "healed" });
        } finally {
          world.close();
        }
      },
    );
}

/** `holdfast heal [ID]`: ends faults that `break` started. */
export function healCommand(): Command {
  return new Command("heal")
    .description("end faults: one by its id, or all")
    .argument("[id]", "as `holdfast status` shows it")
    .addOption(configOption())
    .addOption(stateOption())
    .addHelpText("after", "\nExamples:\n  $ holdfast heal\n  $ holdfast heal zone-loss-1\n")
    .action(async (id: string | undefined, options: { config: string; state?: string }) => {
      const host = terminalHost();
      const world = await findWorld(stateDirectoryOf(options));
      try {
        const ids = id === undefined ? (await world.status()).faults.map((fault) => fault.id) : [id];
        for (const each of ids) {
          await world.heal(each);
          host.say({ level: "info", about: each, text: "healed" });
        }
        if (ids.length === 0) host.say({ level: "info", text: "no fault is in force" });
      } finally {
        world.close();
      }
    });
}

/** A duration as users type it in a shell: "10s", "2m" or "10 seconds". */
function durationOf(text: string): number {
  const short = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  const unit = { ms: "milliseconds", s: "seconds", m: "minutes" }[short?.[2] ?? ""];
  const ms = parseDuration(short ? `${short[1]} ${unit}` : text);
  if (ms !== undefined) return ms;
  throw new UserError({
    code: "RUN-012",
    message: `"${text}" is no duration`,
    fix: 'write it like "10s" or "10 seconds"',
  });
}
