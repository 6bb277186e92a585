# Makes calls of AWS, one after the other, and prints a list of their answers. The one argument is a list of calls, each
# a service, the Python name of an operation, and its parameters.
import json
import sys

import boto3

answers = [getattr(boto3.client(service), operation)(**parameters)
           for service, operation, parameters in json.loads(sys.argv[1])]
print(json.dumps(answers, default=str))
