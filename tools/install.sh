#!/bin/sh
# Makes .venv from the pinned, hashed requirements. Usage: sh tools/install.sh run|dev. Safe to repeat and to interrupt.
set -eu
cd "$(dirname "$0")/.."
set_name=$1

die() { printf '%s\n' "$*" >&2; exit 1; }

[ -n "${PYTHON:-}" ] || die "Mercat needs Python 3.11 or newer, and found no python3 on the PATH. Install it, then run make again."
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  die "Mercat needs Python 3.11 or newer; $PYTHON is $("$PYTHON" -V 2>&1). Name another one: make PYTHON=/path/to/python3.11"

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  echo "Making a virtual environment in .venv"
  "$PYTHON" -m venv --clear .venv ||
    die "Python's venv module did not work (see above). On Debian and Ubuntu: apt-get install python3-venv. Then run make again."
fi
if [ ! -x .venv/bin/uv ] || [ requirements/tools.txt -nt .venv/bin/uv ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
  touch .venv/bin/uv
fi
echo "Installing the pinned packages ($set_name)"
# The dev set contains the run set, so installing `run` after `dev` must not take anything away: install, never sync.
VIRTUAL_ENV=.venv UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --link-mode=copy --require-hashes -r "requirements/$set_name.txt"

# A folder is its package: the repository's root and services/ are on the path.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf "%s\n" "$PWD" "$PWD/services" "$PWD/examples" > "$site/mercat-workspace.pth"
cat > .venv/bin/mercat <<'EOF'
#!/bin/sh
exec "$(dirname "$0")/python" -m mercat "$@"
EOF
chmod +x .venv/bin/mercat
touch ".venv/.$set_name-ready"
[ "$set_name" = run ] || touch .venv/.run-ready
