"""Deploys the templates of an assembly into moto's CloudFormation, stack by stack, in the manifest's order.

Argument: the folder of the assembly. Prints JSON: of each stack what moto was given, what it made of that, and why it
made no more. moto keeps everything in memory: nothing here has been near AWS.
"""

import json
import os
import re
import sys
from pathlib import Path

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
os.environ["VALIDATE_LAMBDA_S3"] = "false"  # the code of functions is in a bucket of the CDK's own

import boto3  # noqa: E402  (the settings come first)
from moto import mock_aws  # noqa: E402
from moto.cloudformation import parsing  # noqa: E402

# The zone of the examples' records; moto wants to have made it.
ZONE = "Z0123456789EXAMPLE"
# Attributes that say the same as `Ref`, and that moto does not have of every type.
IDS = {
    "HealthCheckId",
    "InternetGatewayId",
    "ListenerArn",
    "LoadBalancerArn",
    "NatGatewayId",
    "QueueUrl",
    "RouteTableId",
    "SubnetId",
    "TargetGroupArn",
    "TopicArn",
    "VpcId",
}
# Properties that moto stumbles over: it wants the tags of a key in the form of another API.
LEFT_OUT = {"AWS::KMS::Key": "Tags"}
MODELS = parsing.get_model_map()


def main(folder):
    manifest = json.loads((folder / "holdfast.json").read_text())
    route53 = boto3.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="x")["HostedZone"]["Id"]
    outputs, exports, told = {}, {}, []
    for stack in manifest["stacks"]:
        text = (folder / stack["template"]).read_text().replace(ZONE, zone.removeprefix("/hostedzone/"))
        template = json.loads(text)
        wires = [(each["from"], each["to"]) for each in manifest["wires"] if each["to"]["stack"] == stack["name"]]
        values = {to["parameter"]: outputs.get((source["stack"], source["output"])) for source, to in wires}
        part = implemented(template, values, exports)
        made, failed, found = create(stack, part, template.get("Outputs", {}))
        for key, value in found.items():
            outputs[stack["name"], key] = value
            exports[template["Outputs"][key].get("Export", {}).get("Name")] = value
        types = {each["Type"] for each in template["Resources"].values()}
        told.append(
            {
                "name": stack["name"],
                "types": sorted(types & MODELS.keys()),
                "otherTypes": sorted(types - MODELS.keys()),
                "resources": len(template["Resources"]),
                "given": len(part["Resources"]),
                "made": made,
                "failed": failed,
            }
        )
    return told


def implemented(template, values, exports):
    """The template as far as moto has its types, without what refers to the rest of it."""
    parameters = {
        key: {"Type": "String", "Default": values.get(key) or each.get("Default", "x")}
        for key, each in template.get("Parameters", {}).items()
        if key != "BootstrapVersion"
    }
    resources = {
        key: referring(each, template["Resources"], exports)
        for key, each in template["Resources"].items()
        if each["Type"] in MODELS
    }
    while True:
        names = resources.keys() | parameters.keys()
        kept = {key: each for key, each in resources.items() if not dangling(each, names)}
        if len(kept) == len(resources):
            break
        resources = kept
    for each in resources.values():
        each.get("Properties", {}).pop(LEFT_OUT.get(each["Type"]), None)
        depends = each.get("DependsOn", [])
        each["DependsOn"] = [on for on in ([depends] if isinstance(depends, str) else depends) if on in resources]
    return {"Conditions": template.get("Conditions", {}), "Parameters": parameters, "Resources": resources}


def referring(value, resources, exports):
    """A value in which exports are what they say, and `Ref` stands for each attribute that moto does not have.

    Where `Ref` says something else than the attribute, or nothing was exported, it refers to nothing.
    """
    if isinstance(value, list):
        return [referring(each, resources, exports) for each in value]
    if not isinstance(value, dict):
        return value
    if "Fn::ImportValue" in value:
        name = value["Fn::ImportValue"]
        return exports.get(name, {"Ref": name})
    if "Fn::GetAtt" in value:
        name, attribute = value["Fn::GetAtt"]
        model = MODELS.get(resources.get(name, {}).get("Type"))
        has = hasattr(model, "get_cfn_attribute") and model.has_cfn_attr(attribute)
        return value if has else {"Ref": name if attribute in IDS else f"{name}.{attribute}"}
    return {key: referring(each, resources, exports) for key, each in value.items()}


def dangling(value, names):
    """Whether a value refers to something that is not among the names."""
    if isinstance(value, list):
        return any(dangling(each, names) for each in value)
    if not isinstance(value, dict):
        return False
    referred = [value.get("Ref"), *value.get("Fn::GetAtt", [])[:1]]
    if isinstance(value.get("Fn::Sub"), str):
        referred += re.findall(r"\$\{([A-Za-z0-9]+)[.}]", value["Fn::Sub"])
    if any(isinstance(each, str) and not each.startswith("AWS::") and each not in names for each in referred):
        return True
    return any(dangling(each, names) for key, each in value.items() if key not in ("DependsOn", "Fn::GetAtt"))


class Lacking(Exception):
    """What a resource refers to could not be made."""


class Watch:
    """Stands before moto's making of a resource: one that moto gives up on would take its whole stack with it."""

    def __init__(self, original):
        self.original = original
        self.resources = {}  # of each stack, as moto finds them by reference
        self.depth = 0  # of references that are followed
        self.made = set()  # each by stack and logical id
        self.lost = set()
        self.failed = {}

    def __call__(self, logical_id, resource, resources, *rest, **named):
        self.resources[resources["AWS::StackName"]] = resources
        key = (resources["AWS::StackName"], logical_id)
        if key not in self.lost:
            self.depth += 1
            try:
                result = self.original(logical_id, resource, resources, *rest, **named)
                if result is not None:
                    self.made.add(key)
                return result
            except Lacking:
                self.lost.add(key)
            except Exception as error:  # each of moto's own kinds
                self.lost.add(key)
                self.failed[key] = {"type": resource["Type"], "why": f"{type(error).__name__}: {error}"[:300]}
            finally:
                self.depth -= 1
        if self.depth:
            raise Lacking(logical_id)
        return None


WATCH = parsing.parse_and_create_resource = Watch(parsing.parse_and_create_resource)


def create(stack, part, outputs):
    """Makes a stack: how many resources there are then, why others are not there, and the outputs that it has."""
    name = stack["name"]
    if not part["Resources"]:
        return 0, {}, {}
    try:
        client = boto3.client("cloudformation", region_name=stack["region"])
        client.create_stack(StackName=name, TemplateBody=json.dumps(part), Capabilities=["CAPABILITY_NAMED_IAM"])
    except Exception as error:
        return 0, {"": {"type": "the stack", "why": f"{type(error).__name__}: {error}"[:300]}}, {}
    made = {logical_id for of, logical_id in WATCH.made if of == name}
    failed = {logical_id: why for (of, logical_id), why in WATCH.failed.items() if of == name}
    values = {key: referring(each["Value"], part["Resources"], {}) for key, each in outputs.items()}
    there = {key: each for key, each in values.items() if not dangling(each, made)}
    said = {key: parsing.clean_json(each, WATCH.resources[name]) for key, each in there.items()}
    # A reference to what has no id in moto is the thing itself.
    return len(made), failed, {key: each for key, each in said.items() if isinstance(each, str)}


with mock_aws():
    print(json.dumps(main(Path(sys.argv[1]))))
