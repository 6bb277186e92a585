"""How long servers ran, from a folder of CloudTrail's files, as one writes it by hand: starts and stops that are paired.

It knows neither gaps nor lost ends, and bounds nothing.
"""

import gzip
import json
import sys
from collections import defaultdict
from datetime import datetime
from pathlib import Path

STARTS = {"RunInstances", "StartInstances"}
ENDS = {"StopInstances", "TerminateInstances"}


def main(folder):
    events, seen = defaultdict(list), set()
    for path in Path(folder).glob("*.json.gz"):
        with gzip.open(path, "rb") as file:
            records = json.load(file)["Records"]
        for record in records:
            name = record["eventName"]
            if name not in STARTS and name not in ENDS or record.get("errorCode") or record["eventID"] in seen:
                continue
            seen.add(record["eventID"])
            time = datetime.fromisoformat(record["eventTime"].replace("Z", "+00:00"))
            for item in record["responseElements"]["instancesSet"]["items"]:
                events[item["instanceId"]].append((time, name in STARTS))
    minutes = {}
    for instance, turns in events.items():
        seconds, since = 0, None
        for time, starts in sorted(turns):
            if starts:
                since = since or time
            elif since:
                seconds += (time - since).total_seconds()
                since = None
        minutes[instance] = round(seconds / 60, 2)
    json.dump(minutes, sys.stdout)


main(sys.argv[1])
