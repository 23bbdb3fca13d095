#!/bin/sh
# The scanners of `make scan` in an environment of their own, .venv/gates. Safe to repeat and to interrupt. Where they
# cannot be had it says so and ends with 0: each gate that lacks its scanner fails by itself.
set -eu
cd "$(dirname "$0")/.."

[ -x .venv/gates/bin/python ] || UV_SYSTEM_CERTS=1 .venv/bin/uv venv --quiet --python .venv/bin/python .venv/gates
if VIRTUAL_ENV=.venv/gates UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --link-mode=copy --require-hashes \
  -r requirements/gates.txt; then
  touch .venv/.gates-ready
else
  echo "NOT INSTALLED: semgrep, bandit, cyclonedx-bom. What they scan is not scanned here." >&2
fi
