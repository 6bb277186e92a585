# `lifeline HOME COMMAND...` becomes the command, which then dies with whoever holds the other end of this shell's standard
# input. A shell is left behind that waits for that end to close, kills the command and all that descend from it, and then
# removes HOME.
# Each is stopped before its children are listed, so that none can be born unseen.
command -v pgrep >/dev/null || { echo 'pgrep (procps) is needed to run tests' >&2; exit 127; }
exec 3<&0 </dev/null
home=$1
shift
program=$$
(
  trap '' HUP INT TERM
  me=$(exec sh -c 'echo $PPID')
  kill_tree() {
    kill -STOP "$1"
    for child in $(pgrep -P "$1"); do [ "$child" = "$me" ] || kill_tree "$child"; done
    kill -KILL "$1"
  }
  cat <&3
  # Where the command is gone already, somebody else may have its number by now. As long as it lives, it is our parent.
  if pgrep -P "$program" | grep -qx "$me"; then kill_tree "$program"; fi
  cd /
  rm -rf "$home"
) >/dev/null 2>&1 &
exec 3<&-
exec "$@"
