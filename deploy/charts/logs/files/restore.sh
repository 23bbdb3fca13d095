# Brings a day of a data stream back from the archive, as indices of their own that are searched beside the others and deleted
# after some days: restore.sh FOLDER STREAM DAY ENVIRONMENT, such as app 2026-11-12 production. May be repeated.
. "$1/curl.sh"
stream=$2 day=$3 environment=$4
case $stream in security | audit) repository=mercat-audit ;; *) repository=mercat-app ;; esac
# The index of a day is whole in the first snapshot that began after it.
after=$(($(date -u -d "$day + 1 day" +%s) * 1000))
found="_snapshot/$repository/_all?sort=start_time&order=asc&size=1&from_sort_value=$after&filter_path=snapshots.snapshot"
status=$(ask "$ELASTICSEARCH_CA" "$ELASTICSEARCH_URL/$found")
case $status in 2??) ;; *) refused "$status" "the list of snapshots" ;; esac
snapshot=$(sed -n 's/.*"snapshot":"\([^"]*\)".*/\1/p' "$work/answer")
if [ -z "$snapshot" ]; then
  echo "NO SNAPSHOT after $day: it is younger than the last one, and still there" >&2
  exit 1
fi
# The policy of age counts from today.
cat >"$work/body" <<BODY
{"indices":".ds-logs-mercat.$stream-$environment-$(echo "$day" | tr - .)-*","include_global_state":false,"include_aliases":false,
 "rename_pattern":"^[.]ds-(.+)$","rename_replacement":"restored-\$1",
 "index_settings":{"index.hidden":false,"index.auto_expand_replicas":"0-1","index.lifecycle.name":"mercat-restored","index.lifecycle.origination_date":$(date -u +%s)000}}
BODY
status=$(ask "$ELASTICSEARCH_CA" --request POST --header 'Content-Type: application/json' --data-binary "@$work/body" \
  --max-time 3600 "$ELASTICSEARCH_URL/_snapshot/$repository/$snapshot/_restore?wait_for_completion=true")
case $status in 2??) ;; *) refused "$status" "the restore of $snapshot" ;; esac
if ! grep -q '"indices":\["' "$work/answer"; then
  refused "$status" "$snapshot, which has no index of $stream of that day"
fi
echo "Restored from $snapshot: $(sed -n 's/.*"indices":\[\([^]]*\)\].*/\1/p' "$work/answer"), deleted after 7 days"
