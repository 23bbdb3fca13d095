#!/bin/sh
# The generator of the Python client in an environment of its own, .venv/client. Safe to repeat and to interrupt. Where
# it cannot be had this says so and ends with 0: `make client` then fails, and its tests are left out, which CI=true refuses.
set -eu
cd "$(dirname "$0")/.."

if sh tools/install_environment.sh client; then
  touch .venv/.client-ready
else
  echo "NOT INSTALLED: openapi-python-client. The Python client is neither made nor tested here." >&2
fi
