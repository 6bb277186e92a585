"""`at_rest.py PARAMETERS`: says what a deployment creates, and what it costs a month before anybody asks it anything.
PARAMETERS are what `sam deploy` gets: Environment=dev."""

import sys
from collections import Counter

from expand import templates

# Dollars a month in us-east-1, by AWS's price lists of November 2026. What is not listed costs nothing by itself.
PRICES = {
    "AWS::CloudWatch::Alarm": (0.10, "an alarm"),
    "AWS::CloudWatch::Dashboard": (3.00, "a dashboard; the first three of an account are free"),
}
# Stages, conditions and parameters decide about few resources; those are counted as if they were made.
NESTED = "AWS::CloudFormation::Stack"


def main():
    resources = [resource for template in templates().values() for resource in template["Resources"].values()]
    kinds = Counter(resource["Type"] for resource in resources if resource["Type"] != NESTED)
    print("This is what it creates, in stacks of its own by concern:")
    for kind, count in sorted(kinds.items()):
        print(f"  {count:3} {kind.removeprefix('AWS::').replace('::', ' ')}")
    print("At rest, a month (us-east-1):")
    total = 0.0
    for kind, (price, what) in PRICES.items():
        total += kinds[kind] * price
        print(f"  {kinds[kind] * price:6.2f} $  {kinds[kind]} x {price:.2f} $ for {what}")
    print(f"  {total:6.2f} $  in all, and these as they are used:")
    print("    schedules: about 9,400 short runs, 0.10 $ with their logs; metrics: 0.30 $ each that is written (README);")
    print("    tables: 0.25 $ a GB, and 0.20 $ a GB for recovery to a point in time; logs: 0.50 $ a GB")
    if any(parameter == "Environment=prod" for parameter in sys.argv[1:]):
        print("The tables of prod are protected, and stay when the stack is deleted.")


main()
