import { Stack } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { shipPrograms, systemOf } from "../../../test/support/program-rig.ts";
import { accessPage, accessTable } from "./table.ts";

const { sites, app } = shipPrograms(
  systemOf({
    services: { api: { build: "./program", run: "node server.ts", health: "/healthz", uses: ["orders"] } },
    queues: { orders: {} },
  }),
);
const regions = Object.fromEntries(sites.map(({ region, stacks }) => [region.name, stacks]));
const stacks = { regions, global: null, recovery: new Stack(app, "recovery") };
const rows = accessTable(stacks);

test("the table has every statement of every role, by names that a reader knows", () => {
  expect(rows).toContainEqual({
    role: "compute/ApiTaskRole",
    takenOnBy: "ecs-tasks.amazonaws.com",
    statement: "SendOrders",
    actions: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"],
    resources: ["OrdersQueue"],
    conditions: [],
  });
  const pass = rows.find(({ statement }) => statement === "RoleForFaults");
  expect(pass?.conditions).toEqual(["iam:PassedToService = ssm.amazonaws.com"]);
  expect(rows.some(({ statement }) => statement === "AmazonSSMManagedInstanceCore")).toBe(true);
});

test("no action is a pattern, and all resources are meant only by what knows none", () => {
  const all = rows.filter(({ resources }) => resources.includes("*")).flatMap(({ actions }) => actions);
  const withoutResources = ["ecr:GetAuthorizationToken", "ssm:CreateActivation", "ssm:DeleteActivation"];
  expect(all.filter((action) => !withoutResources.includes(action))).toEqual([]);
  expect(rows.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual([]);
});

test("the page says it in a heading a role and a row a statement, the same each time", () => {
  const page = accessPage("shop", rows);
  expect(page).toContain("## compute/ApiTaskRole\n\nTaken on by `ecs-tasks.amazonaws.com`.");
  expect(page).toContain(
    "| SendOrders | `sqs:GetQueueAttributes`<br>`sqs:GetQueueUrl`<br>`sqs:SendMessage` | `OrdersQueue` |",
  );
  expect(page).toBe(accessPage("shop", accessTable(stacks)));
  expect(page).not.toContain("[object Object]");
});
