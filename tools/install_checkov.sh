#!/bin/sh
# The scanner checkov in an environment of its own, .venv/checkov. Safe to repeat and to interrupt. Where it cannot be had
# it says so and ends with 0: the tests that need it are skipped aloud, and fail in CI.
set -eu
cd "$(dirname "$0")/.."

sh tools/install_environment.sh checkov || echo "NOT INSTALLED: checkov. What it scans is not scanned here." >&2
