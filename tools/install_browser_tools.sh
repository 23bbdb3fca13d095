#!/bin/sh
# What the walk through the storefront needs: Chromium as .venv/browser/chromium, of the system or out of Debian's packages with
# the libraries that this machine lacks, and the Node packages of web/tests, as its package-lock.json pins them. No root is
# needed. Safe to repeat and to interrupt. What cannot be had is said here; the test that needs it is skipped aloud, and fails in CI.
set -eu
cd "$(dirname "$0")/.."
home=.venv/browser
mkdir -p $home

starts() {
  [ -x $home/chromium ] && $home/chromium --version >/dev/null 2>&1
}
rm -f $home/chromium
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && program=$(command -v "$name"); then
    ln -s "$program" $home/chromium
    break
  fi
done
starts || {
  rm -f $home/chromium
  # What apt would install: Chromium, and of its libraries those that are missing here.
  needed=$(apt-get -s --no-install-recommends install chromium fonts-dejavu-core 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p') || needed=
  echo "Downloading Chromium from Debian (100 MB)"
  sh tools/unpack_debian.sh $home/debian ${needed:-chromium} || true
  cat >$home/chromium <<CHROMIUM
#!/bin/sh
root=$PWD/$home/debian/usr
for libraries in "\$root"/lib/*-linux-*; do :; done
export LD_LIBRARY_PATH=\$libraries:\$libraries/pulseaudio:\$root/lib/chromium
exec "\$root/lib/chromium/chromium" "\$@"
CHROMIUM
  chmod +x $home/chromium
  starts
} || {
  rm -f $home/chromium
  echo "NOT INSTALLED: Chromium. Nobody walks through the storefront here. Install Chromium, or name it in CHROMIUM." >&2
}

(cd web/tests && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --silent) || {
  echo "NOT INSTALLED: the Node packages of web/tests. npm, of Node 20 or newer, could not install them." >&2
  exit 0
}
# Without the mark the next command tries again.
[ ! -x $home/chromium ] || touch .venv/.browser-ready
