#!/bin/sh
# barman-cloud and an S3 server for `make drill-restore`, in an environment of their own, .venv/drills. Safe to repeat and to
# interrupt.
set -eu
cd "$(dirname "$0")/.."

echo "Downloading barman-cloud and an S3 server (about 80 MB)"
# --no-deps: psycopg2, which barman names, is there as psycopg2-binary.
sh tools/install_environment.sh drills --no-deps
touch .venv/.drills-ready
