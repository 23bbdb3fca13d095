#!/bin/sh
# barman-cloud and an S3 server for `make drill-restore`, in an environment of their own, .venv/drills. Safe to repeat and to
# interrupt.
set -eu
cd "$(dirname "$0")/.."

echo "Downloading barman-cloud and an S3 server (about 80 MB)"
[ -x .venv/drills/bin/python ] || UV_SYSTEM_CERTS=1 .venv/bin/uv venv --quiet --python .venv/bin/python .venv/drills
# --no-deps: psycopg2, which barman names, is there as psycopg2-binary.
VIRTUAL_ENV=.venv/drills UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --link-mode=copy --no-deps --require-hashes \
  -r requirements/drills.txt
touch .venv/.drills-ready
