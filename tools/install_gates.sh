#!/bin/sh
# The scanners of `make scan` in an environment of their own, .venv/gates. Safe to repeat and to interrupt. Where they
# cannot be had it says so and ends with 0: each gate that lacks its scanner fails by itself.
set -eu
cd "$(dirname "$0")/.."

if sh tools/install_environment.sh gates; then
  touch .venv/.gates-ready
else
  echo "NOT INSTALLED: semgrep, bandit, cyclonedx-bom. What they scan is not scanned here." >&2
fi
