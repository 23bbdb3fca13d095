#!/bin/sh
# wheels.sh x86_64|aarch64 FOLDER: the wheels of requirements/image.txt for that architecture, each checked by its hash.
set -eu
architecture=$1 folder=$2
cd "$(dirname "$0")/../.."
cmp -s requirements/image.txt "$folder/$architecture.txt" && exit 0 # they are there; building checks the hashes again
platforms=
for libc in 2_17 2_24 2_26 2_27 2_28 2_31 2_34 2_35 2_39; do platforms="$platforms --platform manylinux_${libc}_$architecture"; done
# shellcheck disable=SC2086  # several words
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
  --implementation cp --python-version 3.13 --platform "manylinux2014_$architecture" $platforms --dest "$folder" -r requirements/image.txt
cp requirements/image.txt "$folder/$architecture.txt"
