#!/bin/sh
# What builds and runs images of containers for `make test-image` and `make drill-rollout`: Debian's podman, buildah, runc
# and mmdebstrap. As root, on Debian or its like, alone. Safe to repeat. Where they cannot be had it says so and ends with
# 0: the tests that need them are skipped aloud, and fail in CI.
set -eu
cd "$(dirname "$0")/.."
tools="podman buildah runc mmdebstrap"
absent=
for tool in $tools; do command -v $tool >/dev/null || absent="$absent $tool"; done
if [ -n "$absent" ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "NOT INSTALLED:$absent. Images are not tested here: that takes root, and Debian's apt-get." >&2
    exit 0
  fi
  echo "Installing$absent from Debian's packages"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086  # several words
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $tools netavark catatonit debian-archive-keyring >/dev/null; } || {
    echo "NOT INSTALLED:$absent. Images are not tested here." >&2
    exit 0
  }
fi
touch .venv/.containers-ready
