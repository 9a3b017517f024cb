import { describe, expect, test } from "vitest";
import { audit } from "../audit.ts";
import { readSource } from "./source.ts";
import { isTerraformPlan, templatesOfPlan } from "./terraform.ts";

interface Planned {
  readonly address: string;
  readonly values?: object;
  readonly unknown?: object;
}

/** A plan in the form of `terraform show -json`, around its resources and their expressions. */
function plan(resources: readonly Planned[], configuration: object = {}, more: object = {}) {
  const parts = resources.map(({ address, values = {}, unknown = {} }) => {
    const [type = "", rest = ""] = address.split(".");
    const name = rest.replace(/\[.*$/, "");
    return {
      planned: { address, mode: "managed", type, name, values },
      change: { address, change: { after_unknown: unknown } },
    };
  });
  const text = JSON.stringify({
    format_version: "1.2",
    planned_values: { root_module: { resources: parts.map(({ planned }) => planned) } },
    resource_changes: parts.map(({ change }) => change),
    configuration: { root_module: configuration },
    ...more,
  });
  return readSource("plan.json", text);
}

function configured(address: string, expressions: object) {
  const [type, name] = address.split(".");
  return { address, mode: "managed", type, name, provider_config_key: "aws", expressions };
}

function audited(document: ReturnType<typeof plan>) {
  const templates = templatesOfPlan(document, { region: null });
  return audit(templates);
}

describe("a Terraform plan", () => {
  test("is told from other JSON", () => {
    expect(isTerraformPlan(plan([]))).toBe(true);
    expect(isTerraformPlan(readSource("t.json", '{"Resources":{}}'))).toBe(false);
  });

  test("is held against the same rules, and the fix has Terraform's words", () => {
    const { findings } = audited(
      plan([{ address: "aws_db_instance.main", values: { engine: "postgres", multi_az: false } }]),
    );
    expect(findings.find(({ rule }) => rule === "rds-multi-az")).toMatchObject({
      outcome: "fail",
      resource: "aws_db_instance.main",
      type: "AWS::RDS::DBInstance",
      fix: "set `multi_az` to true",
    });
  });

  test("a value that is known after apply is unknown, and says so", () => {
    const { findings } = audited(
      plan([{ address: "aws_db_instance.main", values: { engine: "postgres" }, unknown: { multi_az: true } }]),
    );
    expect(findings.find(({ rule }) => rule === "rds-multi-az")).toMatchObject({ outcome: "unknown" });
  });

  test("an id that is known after apply is a reference to what the configuration names", () => {
    const document = plan(
      [
        { address: "aws_rds_cluster.main", unknown: { id: true } },
        { address: "aws_rds_cluster_instance.one[0]", unknown: { cluster_identifier: true } },
      ],
      {
        resources: [
          configured("aws_rds_cluster_instance.one", {
            cluster_identifier: { references: ["aws_rds_cluster.main.id", "aws_rds_cluster.main"] },
          }),
        ],
      },
    );
    const { model } = audited(document);
    const [cluster] = model.of("AWS::RDS::DBCluster");
    expect(model.mentionsOf(cluster!).map(({ from, path }) => [from.id, path])).toEqual([
      ["aws_rds_cluster_instance.one[0]", "DBClusterIdentifier"],
    ]);
  });

  test("a splat is a list of every instance, also through a module's variable", () => {
    const text = JSON.stringify({
      format_version: "1.2",
      planned_values: {
        root_module: {
          resources: [0, 1].map((index) => ({
            address: `aws_subnet.private[${index}]`,
            mode: "managed",
            type: "aws_subnet",
            name: "private",
            index,
            values: {},
          })),
          child_modules: [
            {
              address: "module.db",
              resources: [
                {
                  address: "module.db.aws_db_subnet_group.main",
                  mode: "managed",
                  type: "aws_db_subnet_group",
                  name: "main",
                  values: {},
                },
              ],
            },
          ],
        },
      },
      resource_changes: [
        { address: "module.db.aws_db_subnet_group.main", change: { after_unknown: { subnet_ids: true } } },
      ],
      configuration: {
        root_module: {
          module_calls: {
            db: {
              expressions: { subnets: { references: ["aws_subnet.private"] } },
              module: {
                resources: [configured("aws_db_subnet_group.main", { subnet_ids: { references: ["var.subnets"] } })],
              },
            },
          },
        },
      },
    });
    const { model } = audited(readSource("plan.json", text));
    const [group] = model.of("AWS::RDS::DBSubnetGroup");
    expect(model.targets(group!.at("SubnetIds")).map(({ id }) => id)).toEqual([
      "aws_subnet.private[0]",
      "aws_subnet.private[1]",
    ]);
  });

  test("resources of another provider's region are a template of their own", () => {
    const configuration = {
      resources: [{ ...configured("aws_db_instance.west", {}), provider_config_key: "aws.west" }],
    };
    const document = plan([{ address: "aws_db_instance.west" }, { address: "aws_db_instance.east" }], configuration, {
      configuration: {
        provider_config: {
          aws: { expressions: { region: { constant_value: "us-east-1" } } },
          "aws.west": { expressions: { region: { references: ["var.west"] } } },
        },
        root_module: configuration,
      },
      variables: { west: { value: "us-west-2" } },
    });
    const templates = templatesOfPlan(document, { region: null });
    expect(templates.map(({ region, resources }) => [region, resources.map(({ id }) => id)])).toEqual([
      ["us-west-2", ["aws_db_instance.west"]],
      ["us-east-1", ["aws_db_instance.east"]],
    ]);
    const untold = plan([{ address: "aws_db_instance.west" }], configuration, {
      configuration: {
        provider_config: {
          aws: { expressions: { region: { constant_value: "us-east-1" } } },
          "aws.west": { expressions: { region: { references: ["local.west"] } } },
        },
        root_module: configuration,
      },
    });
    expect(templatesOfPlan(untold, { region: null }).map(({ region }) => region)).toEqual([null]);
  });

  test("an argument that is left out is AWS's default, although only an apply tells what the provider fills in", () => {
    const unknown = { multi_az: true, backup_retention_period: true };
    const { findings } = audited(
      plan([{ address: "aws_db_instance.main", values: { engine: "postgres" }, unknown }], {
        resources: [configured("aws_db_instance.main", { engine: { constant_value: "postgres" } })],
      }),
    );
    const outcomes = findings.map(({ rule, outcome }) => `${rule} ${outcome}`);
    expect(outcomes).toContain("rds-multi-az fail");
    expect(outcomes).toContain("rds-backup-off fail");
  });

  test("a text in which names of resources stand refers to them, and two texts of one name stay two", () => {
    const document = plan(
      [
        { address: "aws_ecs_cluster.main", values: { name: "main" } },
        { address: "aws_ecs_service.api", values: { name: "api" } },
        { address: "aws_appautoscaling_target.api", values: { resource_id: "service/main/api" } },
      ],
      {
        resources: [
          configured("aws_appautoscaling_target.api", {
            resource_id: {
              references: [
                "aws_ecs_cluster.main.name",
                "aws_ecs_cluster.main",
                "aws_ecs_service.api.name",
                "aws_ecs_service.api",
              ],
            },
          }),
        ],
      },
    );
    const [target] = templatesOfPlan(document, { region: null })[0]?.resources.slice(-1) ?? [];
    const to = (address: string) => ({ "Holdfast::Reference": ["plan.json", address, "name"] });
    expect(target?.properties["ResourceId"]).toEqual({
      "Fn::Join": ["", ["service/", to("aws_ecs_cluster.main"), "/", to("aws_ecs_service.api")]],
    });
  });

  test("an id that is a name is not taken for the resource wherever the same word stands", () => {
    const document = plan([
      { address: "aws_elasticache_replication_group.a", values: { id: "redis" } },
      { address: "aws_elasticache_cluster.b", values: { engine: "redis" } },
      { address: "aws_subnet.a", values: { id: "subnet-0a1b2c3d" } },
      { address: "aws_efs_mount_target.a", values: { subnet_id: "subnet-0a1b2c3d" } },
    ]);
    const { model } = audited(document);
    expect(model.of("AWS::ElastiCache::CacheCluster")[0]?.at("Engine")).toBe("redis");
    expect(model.target(model.of("AWS::EFS::MountTarget")[0]?.at("SubnetId"))?.id).toBe("aws_subnet.a");
  });

  test("a queue and a secret name what they are for, although their texts are known after apply", () => {
    const document = plan(
      [
        { address: "aws_sqs_queue.rest", unknown: { arn: true } },
        { address: "aws_sqs_queue.jobs", unknown: { redrive_policy: true } },
        { address: "aws_db_instance.db", unknown: { address: true } },
        { address: "random_password.db", unknown: { result: true } },
        { address: "aws_secretsmanager_secret_version.db", unknown: { secret_string: true } },
      ],
      {
        resources: [
          configured("aws_sqs_queue.jobs", { redrive_policy: { references: ["aws_sqs_queue.rest.arn"] } }),
          configured("aws_secretsmanager_secret_version.db", {
            secret_string: { references: ["random_password.db.result", "aws_db_instance.db.address"] },
          }),
        ],
      },
    );
    const { model } = audited(document);
    const jobs = model.of("AWS::SQS::Queue").find(({ id }) => id === "aws_sqs_queue.jobs");
    expect(model.target(jobs?.at("RedrivePolicy.deadLetterTargetArn"))?.id).toBe("aws_sqs_queue.rest");
    const [secret] = model.of("AWS::SecretsManager::SecretTargetAttachment");
    expect(model.target(secret?.at("TargetId"))?.id).toBe("aws_db_instance.db");
  });

  test("what for_each goes over is what each.value means, by the same key", () => {
    const document = plan(
      [
        { address: 'aws_subnet.a["x"]', unknown: { id: true } },
        { address: 'aws_subnet.a["y"]', unknown: { id: true } },
        { address: 'aws_efs_mount_target.m["y"]', unknown: { subnet_id: true } },
      ],
      {
        resources: [
          {
            ...configured("aws_efs_mount_target.m", { subnet_id: { references: ["each.value.id", "each.value"] } }),
            for_each_expression: { references: ["aws_subnet.a"] },
          },
        ],
      },
    );
    const { model } = audited(document);
    expect(model.target(model.of("AWS::EFS::MountTarget")[0]?.at("SubnetId"))?.id).toBe('aws_subnet.a["y"]');
  });

  test("one instance of a module that has several is meant by its key", () => {
    const part = (key: string) => ({
      address: `module.net["${key}"]`,
      resources: [
        { address: `module.net["${key}"].aws_subnet.a`, mode: "managed", type: "aws_subnet", name: "a", values: {} },
      ],
    });
    const server = { address: "aws_instance.i", mode: "managed", type: "aws_instance", name: "i", values: {} };
    const net = {
      outputs: { subnet: { expression: { references: ["aws_subnet.a.id", "aws_subnet.a"] } } },
      resources: [configured("aws_subnet.a", {})],
    };
    const subnetsBy = (reference: string) => {
      const expressions = { subnet_id: { references: [reference] } };
      const text = JSON.stringify({
        format_version: "1.2",
        planned_values: { root_module: { resources: [server], child_modules: [part("x"), part("y")] } },
        resource_changes: [{ address: "aws_instance.i", change: { after_unknown: { subnet_id: true } } }],
        configuration: {
          root_module: {
            resources: [configured("aws_instance.i", expressions)],
            module_calls: { net: { module: net } },
          },
        },
      });
      const { model } = audited(readSource("plan.json", text));
      return model.mentionsFrom(model.of("AWS::EC2::Instance")[0]!).map(({ to }) => to.id);
    };
    expect(subnetsBy('module.net["y"].subnet')).toEqual(['module.net["y"].aws_subnet.a']);
    expect(subnetsBy("module.net")).toEqual([]);
  });

  test("what a module is made for is what each.value means in what is passed to it", () => {
    const subnet = (key: string) => ({
      address: `aws_subnet.a["${key}"]`,
      mode: "managed",
      type: "aws_subnet",
      name: "a",
    });
    const address = 'module.one["y"].aws_instance.i';
    const inside = { address, mode: "managed", type: "aws_instance", name: "i", values: {} };
    const call = {
      for_each_expression: { references: ["aws_subnet.a"] },
      expressions: { subnet: { references: ["each.value.id", "each.value"] } },
      module: { resources: [configured("aws_instance.i", { subnet_id: { references: ["var.subnet"] } })] },
    };
    const text = JSON.stringify({
      format_version: "1.2",
      planned_values: {
        root_module: {
          resources: [subnet("x"), subnet("y")],
          child_modules: [{ address: 'module.one["y"]', resources: [inside] }],
        },
      },
      resource_changes: [{ address, change: { after_unknown: { subnet_id: true } } }],
      configuration: { root_module: { module_calls: { one: call } } },
    });
    const { model } = audited(readSource("plan.json", text));
    expect(model.target(model.of("AWS::EC2::Instance")[0]?.at("SubnetId"))?.id).toBe('aws_subnet.a["y"]');
  });

  test("the fix names a property in a block by the block", () => {
    const { findings } = audited(plan([{ address: "aws_eks_cluster.main", values: { name: "main" } }]));
    expect(findings.find(({ rule }) => rule === "eks-zonal-shift")?.fix).toContain("`zonal_shift_config.enabled`");
  });

  test("a list that a local value or an input may add to is not all", () => {
    const balancer = (references: readonly string[]) =>
      plan(
        [
          { address: "aws_subnet.a", values: { availability_zone: "eu-west-1a" }, unknown: { id: true } },
          { address: "aws_elb.web", unknown: { subnets: true } },
        ],
        { resources: [configured("aws_elb.web", { subnets: { references } })] },
      );
    const outcomeOf = (references: readonly string[]) =>
      audited(balancer(references)).findings.find(({ rule }) => rule === "clb-zones")?.outcome;
    expect(outcomeOf(["aws_subnet.a.id", "aws_subnet.a"])).toBe("fail");
    expect(outcomeOf(["aws_subnet.a.id", "aws_subnet.a", "local.more"])).toBe("unknown");
  });

  test("an environment that only an apply tells names all that it is made of", () => {
    const document = plan(
      [
        { address: "aws_db_instance.db", unknown: { address: true } },
        { address: "aws_dynamodb_table.t", values: { name: "t" } },
        {
          address: "aws_lambda_function.f",
          values: { environment: [{}] },
          unknown: { environment: [{ variables: true }] },
        },
      ],
      {
        resources: [
          configured("aws_lambda_function.f", {
            environment: [{ variables: { references: ["aws_db_instance.db.address", "aws_dynamodb_table.t.name"] } }],
          }),
        ],
      },
    );
    const { model } = audited(document);
    const [lambda] = model.of("AWS::Lambda::Function");
    expect(model.mentionsFrom(lambda!).map(({ to }) => to.id)).toEqual(["aws_db_instance.db", "aws_dynamodb_table.t"]);
  });

  test("an alarm of whose dimensions one is known after apply watches what they name, by zone or not", () => {
    const document = plan(
      [
        { address: "aws_lb.web", values: { load_balancer_type: "application" }, unknown: { arn_suffix: true } },
        {
          address: "aws_cloudwatch_metric_alarm.errors",
          values: { metric_name: "HTTPCode_ELB_5XX_Count", alarm_actions: ["arn:aws:sns:topic"] },
          unknown: { dimensions: true },
        },
      ],
      {
        resources: [
          configured("aws_cloudwatch_metric_alarm.errors", { dimensions: { references: ["aws_lb.web.arn_suffix"] } }),
        ],
      },
    );
    const rules = audited(document).findings.map(({ rule }) => rule);
    expect(rules).toContain("lb-deletion-protection");
    expect(rules).not.toContain("balancer-alarm");
    expect(rules).not.toContain("balancer-zone-alarm");
  });

  test("an argument of another resource is what that was given for it", () => {
    const document = plan(
      [
        { address: "aws_subnet.a", unknown: { id: true } },
        { address: "aws_db_subnet_group.db", unknown: { subnet_ids: true } },
        { address: "aws_elb.web", unknown: { subnets: true } },
      ],
      {
        resources: [
          configured("aws_db_subnet_group.db", { subnet_ids: { references: ["aws_subnet.a.id", "aws_subnet.a"] } }),
          configured("aws_elb.web", {
            subnets: { references: ["aws_db_subnet_group.db.subnet_ids", "aws_db_subnet_group.db"] },
          }),
        ],
      },
    );
    const { model } = audited(document);
    const [balancer] = model.of("AWS::ElasticLoadBalancing::LoadBalancer");
    expect(model.targets(balancer?.at("Subnets")).map(({ id }) => id)).toEqual(["aws_subnet.a"]);
  });

  test("what is attached to something that only an apply tells leaves open what it would say", () => {
    const bucket = (unknown: object) =>
      plan([
        { address: "aws_s3_bucket.photos", values: { bucket: "photos" } },
        {
          address: "aws_s3_bucket_versioning.v",
          values: { versioning_configuration: [{ status: "Enabled" }] },
          unknown,
        },
      ]);
    const outcomeOf = (unknown: object) =>
      audited(bucket(unknown)).findings.find(({ rule }) => rule === "s3-versioning")?.outcome;
    expect(outcomeOf({ bucket: true })).toBe("unknown");
    expect(outcomeOf({})).toBe("fail");
  });

  test("a policy document of a data source names what its statements are about", () => {
    const document = plan(
      [
        { address: "aws_sqs_queue.q", unknown: { arn: true } },
        { address: "aws_iam_role_policy.p", unknown: { policy: true } },
      ],
      {
        resources: [
          configured("aws_iam_role_policy.p", { policy: { references: ["data.aws_iam_policy_document.d.json"] } }),
          {
            ...configured("aws_iam_policy_document.d", {
              statement: [{ resources: { references: ["aws_sqs_queue.q.arn", "aws_sqs_queue.q"] } }],
            }),
            mode: "data",
          },
        ],
      },
    );
    const { model } = audited(document);
    expect(model.mentionsOf(model.of("AWS::SQS::Queue")[0]!).map(({ from }) => from.id)).toEqual([
      "aws_iam_role_policy.p",
    ]);
  });

  test("rules about CloudFormation's own attributes do not speak of plans", () => {
    const { findings } = audited(plan([{ address: "aws_dynamodb_table.t", values: { name: "t" } }]));
    expect(findings.map(({ rule }) => rule)).not.toContain("stateful-deletion-policy");
    expect(findings.map(({ rule }) => rule)).toContain("dynamodb-pitr");
  });

  test.each([
    {},
    { planned_values: null },
    {
      planned_values: {
        root_module: { resources: [null, 3, { address: 1 }, { address: "a.b", type: "a", name: "b" }] },
      },
    },
    { planned_values: { root_module: [] }, configuration: 3, resource_changes: {} },
    {
      planned_values: {
        root_module: {
          resources: [
            {
              address: "aws_lb.a",
              type: "aws_lb",
              name: "a",
              values: { subnets: 3, subnet_mapping: "x", access_logs: [null] },
            },
            { address: "aws_s3_bucket_versioning.a", type: "aws_s3_bucket_versioning", name: "a", values: 7 },
            {
              address: "aws_ecs_task_definition.a",
              type: "aws_ecs_task_definition",
              name: "a",
              values: { container_definitions: "{" },
            },
          ],
        },
      },
      resource_changes: [{ address: "aws_lb.a", change: { after_unknown: { name: true, subnets: [true] } } }],
      configuration: {
        root_module: {
          resources: [
            null,
            {
              type: "aws_lb",
              name: "a",
              expressions: { name: { references: [null, "..", "each.value", "module.x"] } },
            },
          ],
        },
      },
    },
  ])("whatever is missing or of another shape is passed over (%#)", (parts) => {
    const document = readSource("plan.json", JSON.stringify({ format_version: "1.2", ...parts }));
    expect(() => audited(document)).not.toThrow();
  });
});
