"""Prints the templates as CloudFormation gets them, as one JSON object by file: SAM's resources expanded by
aws-sam-translator, and the paths of nested stacks as they stand in the root."""

import json
import os
import pathlib
import sys

from cfnlint.decode.cfn_yaml import load
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

# The translator asks the SDK for the region; nothing is called.
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
SAM = "AWS::Serverless-2016-10-31"


def expanded(path):
    template = json.loads(json.dumps(load(str(path))))
    if SAM not in template.get("Transform", ""):
        return template
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # Where SAM puts the code is the deployment's matter.
            resource["Properties"]["CodeUri"] = "s3://code/function.zip"
    # No managed policy is used, so none has to be looked up.
    return Translator({}, Parser()).translate(template, {})


def main():
    paths = [pathlib.Path("template.yaml"), *sorted(pathlib.Path("cfn").glob("*.yaml"))]
    json.dump({str(path): expanded(path) for path in paths}, sys.stdout, default=str, indent=1, sort_keys=True)


main()
