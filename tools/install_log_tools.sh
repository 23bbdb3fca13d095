#!/bin/sh
# What tests of the logs' settings need: Ruby as .venv/logs/ruby, from the PATH or out of Debian's packages, and Elasticsearch's
# types for TypeScript in .venv/logs/types, by npm. No root is needed. Safe to repeat and to interrupt. What cannot be had is
# said here; the tests that need it are skipped aloud, and fail in CI.
set -eu
cd "$(dirname "$0")/.."
home=.venv/logs
mkdir -p $home

ruby() {
  [ -x $home/ruby ] && $home/ruby -e 'require "json"' 2>/dev/null
}
rm -f $home/ruby
if program=$(command -v ruby); then ln -s "$program" $home/ruby; fi
ruby || {
  echo "Downloading Ruby from Debian (7 MB)"
  rm -f $home/ruby
  case $(. /etc/os-release && echo "${VERSION_CODENAME:-}") in bookworm) version=3.1 ;; *) version=3.3 ;; esac
  sh tools/unpack_debian.sh $home/debian ruby$version libruby$version libyaml-0-2 libgmp10 || true
  cat >$home/ruby <<RUBY
#!/bin/sh
root=$PWD/$home/debian/usr
for libraries in "\$root"/lib/*-linux-*; do :; done
LD_LIBRARY_PATH=\$libraries RUBYLIB=\$root/lib/ruby/$version.0:\$libraries/ruby/$version.0 exec "\$root/bin/ruby$version" --disable-gems "\$@"
RUBY
  chmod +x $home/ruby
  ruby
} || {
  rm -f $home/ruby
  echo "NOT INSTALLED: Ruby. Logstash's redaction is not tested here. Put ruby 3.1 or newer on the PATH, or run this on Debian." >&2
}

mkdir -p $home/types
cp deploy/observability/logs/types/*.json $home/types
(cd $home/types && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --silent) ||
  echo "NOT INSTALLED: Elasticsearch's types. Settings of the logs are not typed here: npm, of Node 20 or newer, could not install them." >&2
touch .venv/.logs-ready
