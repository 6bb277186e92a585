# `postgres BIN PORT SETTING...` makes an empty PostgreSQL in its home and serves it on the loopback address. When that has
# ended, it says so, and serves again what is there as soon as a line is written to the pipe `again`.
# As an ordinary user: PostgreSQL refuses to run as root.
set -eu
bin=$1 port=$2
shift 2
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  command -v setpriv >/dev/null || { echo 'setpriv (util-linux) is needed to run PostgreSQL' >&2; exit 127; }
  as() { setpriv --reuid nobody --regid nogroup --clear-groups "$@"; }
  chown nobody:nogroup "$HOME"
fi
mkfifo "$HOME/again"
as "$bin/initdb" --pgdata "$HOME/data" --username larder --auth trust --encoding UTF8 --locale C.UTF-8 --no-sync
echo "home: $HOME"
while :; do
  as "$bin/postgres" -D "$HOME/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= "$@" || true
  echo 'PostgreSQL has ended'
  read -r _ <"$HOME/again"
done
