import { spawn } from "node:child_process";
import type { Guard } from "./child.ts";

/**
 * A shell of its own session that holds our pipe: at end of file, however we died, it kills every group it still knows.
 * It is told "+PGID" right after a spawn and "-PGID" at an exit. Not covered: the moment between spawn and write
 * (the next `up` reaps by pid and start time), and descendants that called setsid while their parent was stopped.
 */
const SCRIPT = `trap '' INT TERM HUP; g=" "
while read -r l; do case $l in +*) g="$g\${l#+} ";; -*) g=$(printf %s "$g" | sed "s/ \${l#-} / /");; esac; done
for x in $g; do kill -CONT "-$x" 2>/dev/null; kill -KILL "-$x" 2>/dev/null; done`;

/** Starts the watchdog. `close` ends it once every child is gone. */
export function startWatchdog(): Guard & { close(): void } {
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"], env: {} });
  shell.unref();
  const { stdin } = shell;
  stdin.on("error", () => undefined);
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return {
    add: (pid) => void stdin.write(`+${pid}\n`),
    remove: (pid) => void stdin.write(`-${pid}\n`),
    close: () => stdin.end(),
  };
}
