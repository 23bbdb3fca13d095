#!/bin/sh
# The scanner checkov in an environment of its own, .venv/checkov. Safe to repeat and to interrupt. Where it cannot be had
# it says so and ends with 0: the tests that need it are skipped aloud, and fail in CI.
set -eu
cd "$(dirname "$0")/.."

[ -x .venv/checkov/bin/python ] || UV_SYSTEM_CERTS=1 .venv/bin/uv venv --quiet --python .venv/bin/python .venv/checkov
VIRTUAL_ENV=.venv/checkov UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --link-mode=copy --require-hashes \
  -r requirements/checkov.txt || echo "NOT INSTALLED: checkov. What it scans is not scanned here." >&2
