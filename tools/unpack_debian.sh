#!/bin/sh
# Debian's packages, unpacked below a folder and not installed: unpack_debian.sh FOLDER NAME[=OLDEST-VERSION]...
# By the mirrors and the keys of this machine's apt, which checks the signed hashes. Where its own suite has none that is new
# enough, those of a newer suite that can do with this machine's libc are taken, with lists and a cache of our own: no root
# is needed and nothing outside of FOLDER is changed. Ends with 1 where they cannot be had.
set -eu
folder=$1
shift
command -v apt-get >/dev/null && command -v dpkg >/dev/null || exit 1
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$folder.apt
trap 'rm -rf "$work"' EXIT
rm -rf "$work"
mkdir -p "$work/debs"
libc=$(dpkg-query -W -f '${Version}' libc6)

# NAME OLDEST OPTIONS...: the package is there, new enough, and content with this machine's libc.
suits() {
  record=$(apt-cache show --no-all-versions "$1" 2>/dev/null) || return 1
  version=$(echo "$record" | sed -n 's/^Version: //p')
  needs=$(echo "$record" | sed -n 's/^Depends:.*libc6 (>= \([^)]*\)).*/\1/p')
  dpkg --compare-versions "$version" ge "${2:-0}" && dpkg --compare-versions "$libc" ge "${needs:-0}"
}
# NAMES...: all of them suit, are downloaded and unpacked.
unpack() {
  for wanted; do
    case $wanted in *=*) suits "${wanted%%=*}" "${wanted#*=}" ;; *) suits "$wanted" 0 ;; esac || return 1
  done
  (cd "$work/debs" && apt-get -qq download $(for wanted; do echo "${wanted%%=*}"; done)) || return 1
  for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/root"; done
  rm -rf "$folder"
  mv "$work/root" "$folder"
}
# SOURCES PARTS: apt uses these lists of sources, and updates lists of our own.
own_lists() {
  rm -rf "$work/lists"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  cat > "$work/apt.conf" <<CONF
Dir::Etc::sourcelist "$1";
Dir::Etc::sourceparts "$2";
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
APT::Sandbox::User "root";
CONF
  export APT_CONFIG="$work/apt.conf"
  apt-get -qq update 2>/dev/null
}

echo 'APT::Sandbox::User "root";' > "$work/apt.conf"
export APT_CONFIG="$work/apt.conf"
unpack "$@" && exit 0
# Lists of our own: those of the machine are old, or it has none.
if ! apt-cache show "${1%%=*}" >/dev/null 2>&1; then
  own_lists /etc/apt/sources.list /etc/apt/sources.list.d && unpack "$@" && exit 0
fi
[ "$(. /etc/os-release && echo "$ID")" = debian ] || exit 1
code=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
echo 'APT::Sandbox::User "root";' > "$work/apt.conf"
mirror=$(apt-get --print-uris update 2>/dev/null | sed -n "s|^'\(.*\)/dists/$code/.*|\1|p" | head -1)
[ -n "$mirror" ] || exit 1
for suite in testing stable unstable; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" > "$work/sources.list"
  own_lists "$work/sources.list" /dev/null && unpack "$@" && exit 0
done
exit 1
