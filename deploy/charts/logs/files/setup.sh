# Puts what elasticsearch.txt lists into Elasticsearch, and kibana.ndjson into Kibana. May run at any time, any number of times,
# and end anywhere: each request says how a thing is to be, and those that come later need those before them.
#   setup.sh FOLDER, with ELASTICSEARCH_URL, KIBANA_URL, their certificates in ELASTICSEARCH_CA and KIBANA_CA (may be empty)
. "$1/curl.sh"

put() {
  method=$1 path=$2
  shift 2
  case $method in CREATE) verb=PUT ;; *) verb=$method ;; esac
  status=$(ask "$ELASTICSEARCH_CA" --request "$verb" "$@" "$ELASTICSEARCH_URL/$path")
  case $method$status in
    *2??) ;;
    CREATE400) grep -q resource_already_exists_exception "$work/answer" || refused "$status" "$verb $path" ;;
    *) refused "$status" "$verb $path" ;;
  esac
  echo "$method $path"
}

while read -r method path body; do
  if [ -n "$body" ]; then
    printf '%s' "$body" >"$work/body"
    put "$method" "$path" --header 'Content-Type: application/json' --data-binary "@$work/body"
  else
    put "$method" "$path"
  fi
done <"$1/elasticsearch.txt"

status=$(ask "$KIBANA_CA" --header 'kbn-xsrf: true' --form "file=@$1/kibana.ndjson" "$KIBANA_URL/api/saved_objects/_import?overwrite=true")
case $status in 2??) ;; *) refused "$status" "the import into Kibana" ;; esac
grep -q '"success":true' "$work/answer" || refused "$status" "an object of Kibana"
echo "Done: $(wc -l <"$1/elasticsearch.txt") requests to Elasticsearch, $(wc -l <"$1/kibana.ndjson") objects to Kibana"
