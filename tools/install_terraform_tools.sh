#!/bin/sh
# What tests our Terraform, beside the terraform program itself: the providers' bindings (read for their schemas) and
# checkov in an environment of its own. All below .venv/terraform. Safe to repeat and to interrupt.
set -eu
cd "$(dirname "$0")/.."

command -v terraform >/dev/null || {
  echo "The terraform program (1.11 or newer) is not on the PATH. Install it, then run make again." >&2
  exit 1
}
echo "Downloading the providers' schemas (70 MB) and the scanner"
mkdir -p .venv/terraform
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
  --dest .venv/terraform/wheels -r requirements/bindings.txt
[ -x .venv/terraform/checkov/bin/python ] || UV_SYSTEM_CERTS=1 .venv/bin/uv venv --quiet --python .venv/bin/python .venv/terraform/checkov
VIRTUAL_ENV=.venv/terraform/checkov UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --link-mode=copy \
  --require-hashes -r requirements/checkov.txt
touch .venv/.terraform-ready
