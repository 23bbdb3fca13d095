#!/bin/sh
# Known holes in what the store, its tools and its tests depend on: Python's pins by pip-audit, npm's locks by npm. Each that has one is
# named, and it ends with 1; so it does where a registry cannot be asked. Needs the network: it runs at night, not in `make check`.
set -eu
cd "$(dirname "$0")/.."
command -v npm >/dev/null || { echo "npm is not installed, and its locks have to be looked at: install Node." >&2; exit 1; }
home=.venv/audit
[ -x $home/bin/pip-audit ] && cmp -s requirements/audit.txt $home/installed.txt || {
  .venv/bin/python -m venv $home
  $home/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/audit.txt
  cp requirements/audit.txt $home/installed.txt
}
failed=0
for pins in requirements/*.txt; do
  echo "$pins"
  $home/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off --requirement "$pins" || failed=1
done
for lock in $(git ls-files '*package-lock.json'); do
  echo "$lock"
  (cd "$(dirname "$lock")" && npm audit --package-lock-only --audit-level=low) || failed=1
done
[ $failed = 0 ] || echo "Something has a known hole, or could not be looked up: it stands above. Raise the pin (make requirements), or wait for Dependabot's pull request." >&2
exit $failed
