# Builds and deploys as `make deploy` does, from the folder PROJECT, and leaves what it builds in the current one. The
# arguments are the template's parameters.
set -eu
# sam leaves empty folders behind.
export TMPDIR="$PWD/tmp"
mkdir "$TMPDIR"
sam() { python3 -c 'from samcli.cli.main import cli; cli(prog_name="sam")' "$@"; }
sam build --template-file "$PROJECT/template.yaml" --build-in-source --build-dir build
sam deploy --template-file build/template.yaml --stack-name "$STACK" --resolve-s3 --no-confirm-changeset \
  --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND --no-progressbar --parameter-overrides "$@"
