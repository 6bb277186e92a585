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
PROJECT = pathlib.Path(__file__).resolve().parent.parent
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


def templates():
    """All of them, by their paths from the project's root."""
    paths = [PROJECT / "template.yaml", *sorted((PROJECT / "cfn").glob("*.yaml"))]
    return {str(path.relative_to(PROJECT)): expanded(path) for path in paths}


if __name__ == "__main__":
    json.dump(templates(), sys.stdout, default=str, indent=1, sort_keys=True)
