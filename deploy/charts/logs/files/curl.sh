# For setup.sh and restore.sh: requests to ELASTICSEARCH_URL as the user ELASTIC_USER, whose password is the file ELASTIC_PASSWORD_FILE.
set -eu
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Not among the words of a command, where other processes see it.
printf 'user = "%s:%s"\n' "$ELASTIC_USER" "$(cat "$ELASTIC_PASSWORD_FILE")" >"$work/user"

# ask CERTIFICATES WORDS-OF-CURL...: prints the status; the answer lies in $work/answer. It waits for a server that starts.
ask() {
  certificates=$1
  shift
  curl --silent --show-error --globoff --config "$work/user" ${certificates:+--cacert "$certificates"} --output "$work/answer" \
    --write-out '%{http_code}' --max-time 60 --retry "${RETRIES:-30}" --retry-delay 5 --retry-connrefused "$@"
}

refused() {
  echo "REFUSED with $1: $2" >&2
  cat "$work/answer" >&2
  exit 1
}
