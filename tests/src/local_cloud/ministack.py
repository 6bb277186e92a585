# Serves ministack, once the modules beside it have been found. What it does otherwise than AWS, and a deployment of
# Larder would notice, is mended here.
import functools
import os

# All files go where this process is at home, and disappear with that.
os.environ |= {name: os.environ["HOME"] + "/" + folder for name, folder in
               [("TMPDIR", "tmp"), ("S3_DATA_DIR", "s3"), ("STATE_DIR", "state")]}
os.mkdir(os.environ["TMPDIR"])

from ministack import app
from ministack.services import eventbridge
from ministack.services.cloudformation import engine, provisioners


# AWS expands the transforms of nested templates too. This is called with each, before its resources are looked at.
def expand(check, parent, template):
    check(parent, template)
    expanded = dict(engine._apply_transforms(template))
    template.clear()
    template.update(expanded)


provisioners._check_nested_stack_capabilities = functools.partial(expand, provisioners._check_nested_stack_capabilities)

# `/health` of an API is the API's own.
app._HEALTH_PATHS = ("/_ministack/health",)

# EC2 and others put their events on a bus themselves; here somebody does it in their names.
eventbridge._put_events = functools.partial(eventbridge._put_events, allow_aws_source=True)

# Nobody waits for schedules here: an hour of theirs takes two minutes.
seconds_of = eventbridge._parse_rate_seconds
eventbridge._parse_rate_seconds = lambda rate: (seconds := seconds_of(rate)) and seconds / 30
eventbridge._SCHEDULER_TICK_INTERVAL = 1

app.main()
