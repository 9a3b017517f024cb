"""Deploys the templates of an assembly into moto's CloudFormation, stack by stack, in the manifest's order.

Argument: the folder of the assembly. Prints JSON: which types moto implements, which it does not, and which stacks it
could make. moto keeps everything in memory: nothing here has been near AWS.
"""

import json
import os
import sys

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")

import boto3  # noqa: E402  (the keys come first)
from moto import mock_aws  # noqa: E402
from moto.cloudformation import parsing  # noqa: E402

KNOWN = set(parsing.get_model_map())


def implemented(template):
    """The template without the types that moto does not have, and without what refers to them."""
    resources = dict(template["Resources"])
    while True:
        kept = {key: value for key, value in resources.items() if value["Type"] in KNOWN and not dangling(value, resources, template)}
        if kept == resources:
            return {**template, "Resources": kept, "Outputs": {}, "Rules": {}}
        resources = kept


def dangling(value, resources, template):
    if isinstance(value, dict):
        if "Fn::ImportValue" in value:
            return True
        ref = value.get("Ref") or (value.get("Fn::GetAtt") or [None])[0]
        if isinstance(ref, str) and not ref.startswith("AWS::") and ref not in resources and ref not in template.get("Parameters", {}):
            return True
        return any(dangling(each, resources, template) for key, each in value.items() if key != "DependsOn")
    return isinstance(value, list) and any(dangling(each, resources, template) for each in value)


def deploy(folder):
    manifest = json.load(open(os.path.join(folder, "holdfast.json")))
    known, unknown, made, failed = set(), set(), {}, {}
    for stack in manifest["stacks"]:
        template = json.load(open(os.path.join(folder, stack["template"])))
        types = {each["Type"] for each in template["Resources"].values()}
        known |= {each for each in types if each in KNOWN}
        unknown |= {each for each in types if each not in KNOWN}
        part = implemented(template)
        for each in part["Resources"].values():
            depends = each.get("DependsOn", [])
            each["DependsOn"] = [d for d in ([depends] if isinstance(depends, str) else depends) if d in part["Resources"]]
        part["Parameters"] = {key: {"Type": "String", "Default": "x"} for key in template.get("Parameters", {})}
        try:
            client = boto3.client("cloudformation", region_name=stack["region"])
            client.create_stack(StackName=stack["name"], TemplateBody=json.dumps(part), Capabilities=["CAPABILITY_NAMED_IAM"])
            made[stack["name"]] = [len(part["Resources"]), len(template["Resources"])]
        except Exception as error:  # each of moto's own kinds
            failed[stack["name"]] = f"{type(error).__name__}: {error}"[:400]
    return {"known": sorted(known), "unknown": sorted(unknown), "made": made, "failed": failed}


with mock_aws():
    print(json.dumps(deploy(sys.argv[1])))
