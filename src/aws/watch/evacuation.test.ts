import { describe, expect, test } from "vitest";
import { type Made, shipWatched, shopOf } from "../../../test/support/watch-rig.ts";

interface Step {
  readonly name: string;
  readonly action: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- the inputs of an automation's step have no type
  readonly inputs: any;
  readonly isEnd?: boolean;
}

/** A zone's name is known when the stack is deployed. */
interface Choice {
  readonly StringEquals: { readonly "Fn::Select": readonly [number, unknown] };
}

const worker = { run: "node worker.js", consumes: "orders" };

function runbooksOf(services: object): Readonly<Record<string, Made>> {
  const shop = shopOf();
  const all = { api: (shop["services"] as { api: object }).api, ...services };
  return shipWatched({ ...shop, services: all }).watched("AWS::SSM::Document");
}

const stepsOf = (made: Made | undefined): readonly Step[] => made?.Properties.Content.mainSteps ?? [];

/** The steps that an automation takes when the zone that is left has this place among the region's. */
function walk(steps: readonly Step[], place: number): readonly Step[] {
  const taken: Step[] = [];
  let at = 0;
  for (;;) {
    const step = steps[at]!; // an automation goes on with the next one, until one is its end
    taken.push(step);
    const choice =
      step.action === "aws:branch"
        ? step.inputs.Choices.find((each: Choice) => each.StringEquals["Fn::Select"][0] === place)
        : undefined;
    if (choice !== undefined) at = steps.findIndex(({ name }) => name === choice.NextStep);
    else if (step.isEnd === true || at === steps.length - 1) return taken;
    else at += 1;
  }
}

/** The subnets of each service that is placed, by its step. */
function placed(steps: readonly Step[]): Readonly<Record<string, readonly unknown[]>> {
  const updates = steps.filter(({ inputs }) => inputs.Api === "UpdateService");
  return Object.fromEntries(
    updates.map(({ name, inputs }) => [name, inputs.networkConfiguration.awsvpcConfiguration.subnets]),
  );
}

describe("the evacuation of a zone", () => {
  const runbooks = runbooksOf({ worker, mailer: worker });
  const leaving = stepsOf(runbooks["EvacuateZoneRunbook"]);
  const home = Object.values(placed(stepsOf(runbooks["ReturnToZoneRunbook"])));

  test("shifts balancers, and places each service without one in the other zones, whichever zone is left", () => {
    expect(home.map((subnets) => subnets.length)).toEqual([3, 3]);
    const left = ["A", "B", "C"].map((letter, place) => {
      const taken = walk(leaving, place);
      expect(taken.filter(({ inputs }) => inputs.Api === "StartZonalShift").map(({ name }) => name)).toEqual([
        "shiftApi",
      ]);
      const places = placed(taken);
      expect(Object.keys(places)).toEqual([`leave${letter}Worker`, `leave${letter}Mailer`]);
      return Object.values(places).map((subnets) => {
        expect(subnets).toHaveLength(2);
        return home[0]?.filter((subnet) => !subnets.some((kept) => JSON.stringify(kept) === JSON.stringify(subnet)));
      });
    });
    // Each way leaves one subnet, both services the same, and no two ways the same.
    expect(left.map(([one]) => one)).toEqual(home[0]?.map((subnet) => [subnet]));
    expect(left.map(([, other]) => other)).toEqual(left.map(([one]) => one));
  });

  test("moves no service for a zone that is none of the system's, and keeps their security groups", () => {
    expect(placed(walk(leaving, 5))).toEqual({});
    for (const { inputs } of leaving.filter((step) => step.inputs.Api === "UpdateService")) {
      const { securityGroups, assignPublicIp } = inputs.networkConfiguration.awsvpcConfiguration;
      expect(securityGroups).toHaveLength(1);
      expect(assignPublicIp).toBe("DISABLED");
      expect(inputs).not.toHaveProperty("desiredCount");
    }
  });

  test("has a runbook that takes it back only where something was placed", () => {
    expect(Object.keys(runbooksOf({}))).not.toContain("ReturnToZoneRunbook");
    expect(stepsOf(runbooksOf({})["EvacuateZoneRunbook"]).map(({ name }) => name)).toEqual(["shiftApi"]);
  });

  test("leaves what runs on Kubernetes without a balancer to a person, and says so", () => {
    const onEks = runbooksOf({ worker: { ...worker, platform: "eks" } });
    expect(Object.keys(onEks)).not.toContain("ReturnToZoneRunbook");
    expect(onEks["EvacuateZoneRunbook"]?.Properties.Content.description).toContain("worker: drain the nodes");
  });
});
