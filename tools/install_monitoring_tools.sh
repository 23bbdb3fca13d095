#!/bin/sh
# Prometheus, Alertmanager, their checkers promtool and amtool, and the exporters of PostgreSQL and Valkey, as
# .venv/monitoring/NAME: from the PATH, or out of Debian's packages. No root is needed. Safe to repeat and to interrupt.
# Where they cannot be had it says so and ends with 0: the tests that need them are skipped aloud, and fail in CI.
set -eu
cd "$(dirname "$0")/.."
home=.venv/monitoring
mkdir -p $home

# NAME OLDEST: the program starts and is not older.
new_enough() {
  version=$("$home/$1" --version 2>&1 | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -1)
  [ -n "$version" ] && [ "$(printf '%s\n%s\n' "$2" "$version" | sort -V | head -1)" = "$2" ]
}
# NAME OLDEST PROGRAMS...: links the first of the programs that is new enough. An older one may read our files otherwise.
link() {
  name=$1 oldest=$2
  shift 2
  for program; do
    path=$(command -v "$program") || continue
    ln -sf "$path" "$home/$name"
    if new_enough "$name" "$oldest"; then return 0; fi
  done
  rm -f "$home/$name"
  return 1
}
# Debian's Alertmanager reads its templates below /usr/share, and does not start without them. The unpacked one gets them
# here: a path of the same length, relative to the project's folder, where it must be started.
own_templates() {
  program=$home/debian/usr/bin/prometheus-alertmanager
  [ -f $program ] || return 0
  ln -sfn debian/usr/share/prometheus/alertmanager $home/alertmanager_data
  sed -i 's|/usr/share/prometheus/alertmanager|.venv/monitoring/alertmanager_data|g' $program
}
all() {
  own_templates
  PATH="$PATH:$PWD/$home/debian/usr/bin"
  link prometheus 3.0.0 prometheus && link promtool 3.0.0 promtool &&
    link alertmanager 0.28.0 alertmanager prometheus-alertmanager && link amtool 0.28.0 amtool &&
    link postgres_exporter 0.15.0 postgres_exporter prometheus-postgres-exporter &&
    link redis_exporter 1.60.0 redis_exporter prometheus-redis-exporter
}

packages="prometheus=3.0 promtool=3.0 prometheus-alertmanager=0.28 prometheus-postgres-exporter=0.15 prometheus-redis-exporter=1.60"
all || {
  echo "Downloading Prometheus, Alertmanager and their exporters from Debian (60 MB)"
  sh tools/unpack_debian.sh $home/debian $packages && all
} || {
  # On GitHub's Ubuntu, whose own are too old: Debian's, unpacked in a container of Debian.
  [ "${GITHUB_ACTIONS:-}" = true ] && command -v docker >/dev/null &&
    docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:$PWD" --workdir "$PWD" debian:testing \
      sh tools/unpack_debian.sh $home/debian $packages && all
} || {
  echo "NOT INSTALLED: Prometheus and Alertmanager. Rules and alerts are not tested here. Put prometheus and promtool 3.0," \
    "alertmanager and amtool 0.28, postgres_exporter and redis_exporter on the PATH, or run this on Debian." >&2
  exit 0
}
touch .venv/.monitoring-ready
