"""`secrets.py ALLOWED`: fails on what looks like a secret in any file here that git knows, or would take. What only looks
like one stands in the file ALLOWED, a line each, by its digest and with a reason; a line that is not needed any more fails
too."""

import pathlib
import subprocess
import sys

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

ALLOWED = pathlib.Path(sys.argv[1])
# They hold digests of dependencies, line after line.
LOCKS = ("Cargo.lock", "package-lock.json")


def allowed():
    """Path, kind and digest of what only looks like a secret."""
    lines = [line for line in ALLOWED.read_text().splitlines() if line and not line.startswith("#")]
    parts = [[part.strip() for part in line.split("|")] for line in lines]
    for part in parts:
        if len(part) != 4 or not all(part):
            print(f"{ALLOWED.name}: {' | '.join(part)}: a line is path | kind | digest | reason")
            sys.exit(1)
    return {(path, kind, digest) for path, kind, digest, _ in parts}


def found():
    """What looks like one: path, kind and digest, each with the line that it stands in."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    files = [path for path in listed if path and pathlib.Path(path).is_file() and not path.endswith(LOCKS)]
    secrets = SecretsCollection()
    with default_settings():
        for path in files:
            secrets.scan_file(path)
    return {(path, secret.type, secret.secret_hash[:12]): secret.line_number for path, secret in secrets}


def main():
    excepted, secrets = allowed(), found()
    new = secrets.keys() - excepted
    for path, kind, digest in sorted(new):
        line = secrets[path, kind, digest]
        print(f"{path}:{line}: looks like a secret ({kind}): take it out, or add to {ALLOWED.name}, with a reason:")
        print(f"  {path} | {kind} | {digest} | ")
    unneeded = excepted - secrets.keys()
    for exception in sorted(unneeded):
        print(f"{ALLOWED.name}: {' | '.join(exception)}: nothing there looks like one any more: take the line out")
    sys.exit(bool(new or unneeded))


main()
