#!/bin/sh
# test_base.sh TAG: what the tests build the images on, where no registry of images can be asked: Debian trixie with its
# Python 3.13 and binutils, from Debian's packages alone. Prints its name with its digest. Root, on Debian.
set -eu
tag=$1
if ! podman image exists "$tag"; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  mirror=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | sed -n 's/^URIs: *//p; s/^deb \(\[.*\] \)\?\(http[^ ]*\) .*/\2/p' | head -1)
  mmdebstrap --quiet --variant=essential --mode=root --components=main \
    --include=python3,python3-venv,python-is-python3,ca-certificates,tzdata,binutils \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --aptopt='Acquire::Languages "none"' \
    --aptopt='APT::Install-Recommends "false"' trixie "$folder/base.tar" "$mirror" >&2
  podman import --quiet "$folder/base.tar" "$tag" >&2
fi
podman image inspect "$tag" --format "${tag%:*}@{{.Digest}}"
