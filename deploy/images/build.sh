#!/bin/sh
# build.sh BASE TAG WHEELS: builds the image of all services of what is committed (REVISION, by default HEAD; a tree is taken
# as well), without a network. BASE is named with its digest; BUILD_BASE, by default BASE, has binutils as well and is for the
# build alone. WHEELS is the folder that wheels.sh filled. SOURCE is the repository's address.
# buildah does it, or what BUILD names: BUILD="docker buildx build --load".
set -eu
base=$1 tag=$2 wheels=${3:-}
cd "$(dirname "$0")/../.."
for name in "$base" "${BUILD_BASE:-$base}"; do
  case $name in *@sha256:*) ;; *) echo "'$name' has no digest: name the base as NAME@sha256:..." >&2; exit 2 ;; esac
done
[ -d "$wheels" ] || { echo "The folder of wheels is missing: sh deploy/images/wheels.sh x86_64 FOLDER" >&2; exit 2; }
revision=${REVISION:-HEAD}
commit=$(git rev-parse --verify --quiet "$revision^{commit}" || git rev-parse HEAD)
seconds=$(git show -s --format=%ct "$commit")
oci=org.opencontainers.image # as options: buildah takes a label that stands in the Dockerfile from its cache, whatever it says now
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
git archive "$revision" -- chassis services reporting web/storefront deploy/images requirements/image.txt \
  ':(exclude,glob)**/tests/**' ':(exclude)chassis/testing' | tar -x -C "$context"
cp -r "$wheels" "$context/wheels"
${BUILD:-buildah bud --layers --isolation oci --runtime runc --pull-never --format docker --timestamp $seconds} --network=none \
  --ulimit nofile=1024:1024 --file "$context/deploy/images/services.Dockerfile" --tag "$tag" \
  --build-arg PINS="$(sha256sum < "$context/requirements/image.txt" | cut -d ' ' -f 1)" \
  --build-arg BASE="$base" --build-arg BUILD_BASE="${BUILD_BASE:-$base}" --label "$oci.source=${SOURCE:-}" \
  --label "$oci.revision=$(git rev-parse "$revision")" --label "$oci.version=${VERSION:-$(git describe --tags --always "$commit")}" \
  --label "$oci.created=$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)" "$context"
