#!/bin/sh
# What `make drill-failover` needs beside the store: Patroni in an environment of its own, .venv/patroni, and etcd, from the
# PATH or unpacked from Debian's package etcd-server beside it. No root is needed, and nothing outside of .venv is changed.
# Safe to repeat and to interrupt. Where they cannot be had it says so and ends with 0: the drill then says what is missing.
set -eu
cd "$(dirname "$0")/.."
home=.venv/patroni

sh tools/install_environment.sh patroni || {
  echo "NOT INSTALLED: Patroni. make drill-failover cannot run here." >&2
  exit 0
}
if ! command -v etcd >/dev/null && [ ! -x $home/etcd/usr/bin/etcd ]; then
  echo "Downloading etcd"
  sh tools/unpack_debian.sh $home/etcd etcd-server || {
    echo "NOT INSTALLED: etcd. Put it on the PATH, or run this where apt-get has the package etcd-server (Debian, Ubuntu)." >&2
    exit 0
  }
fi
touch .venv/.patroni-ready
