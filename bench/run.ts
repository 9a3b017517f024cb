/** Lists the benches, or runs the one that is named: `npm run bench -- NAME [ARGUMENTS]`. */
const BENCHES: Readonly<
  Record<string, { about: string; load(): Promise<{ run(args: readonly string[]): Promise<void> }> }>
> = {
  audit: {
    about: "an audit of 100 and of 10,000 resources, beside cfn-lint, Checkov and cdk-nag",
    load: () => import("./audit.ts"),
  },
  "audit-fuzz": {
    about: "ten thousand templates that somebody fell over: no crash, no hang",
    load: () => import("./audit-fuzz.ts"),
  },
  balancer: {
    about: "throughput and added latency of a balancer node, beside HAProxy",
    load: () => import("./balancer.ts"),
  },
  "event-loop": {
    about: "how late event loops are with 25 programs on this machine",
    load: () => import("./event-loop.ts"),
  },
  failover: {
    about: "crash of a database's primary to the next write, beside Patroni",
    load: () => import("./failover.ts"),
  },
  prediction: {
    about: "what the simulator expects of each drill, beside what the drill measured",
    load: () => import("./prediction.ts"),
  },
  "scale-in": {
    about: "whether scaling in, two minutes after a scale-out, spares the work in flight",
    load: () => import("./scale-in.ts"),
  },
  simulate: {
    about: "years in virtual time: events a second beside SimPy, the shop, and how the cost grows",
    load: () => import("./simulate.ts"),
  },
  soak: {
    about: "a hundred failovers and a hundred lost zones in a row, under load",
    load: () => import("./soak.ts"),
  },
  synth: {
    about: "synthesis of the shop in two regions, beside a bare CDK app of the same size",
    load: () => import("./synth.ts"),
  },
};

const [name, ...args] = process.argv.slice(2);
const bench = name === undefined ? undefined : BENCHES[name];
if (bench) {
  const { run } = await bench.load();
  await run(args);
} else {
  for (const [each, { about }] of Object.entries(BENCHES)) console.log(`npm run bench -- ${each.padEnd(12)} ${about}`);
  if (name !== undefined) process.exitCode = 3;
}
