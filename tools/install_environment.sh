#!/bin/sh
# An environment of its own for one set of pinned programs: .venv/NAME, from requirements/NAME.txt. What else is given goes
# to `uv pip install`. Usage: sh tools/install_environment.sh NAME [OPTION...]. Safe to repeat and to interrupt.
set -eu
cd "$(dirname "$0")/.."
name=$1
shift
export UV_SYSTEM_CERTS=1

[ -x ".venv/$name/bin/python" ] || .venv/bin/uv venv --quiet --python .venv/bin/python ".venv/$name"
VIRTUAL_ENV=".venv/$name" .venv/bin/uv pip install --quiet --link-mode=copy --require-hashes "$@" -r "requirements/$name.txt"
