# The words of the runbooks for a cluster. In the project's folder, with kubectl set to it: export ENV=production; . docs/runbooks/cluster.sh
# `lines` is for operators. `metrics`, `sql` and `books` run a program in a pod: the group mercat:emergency, and the audit log keeps who did it.
# `operation` makes a Job: the group mercat:deployers, or an administrator. Who is who: docs/kubernetes/access.md.

lines() { # SERVICE|traefik|valkey|postgres [PATTERN]: the last 20 lines of the last hour, of all pods
  space=mercat label="app.kubernetes.io/name=$1"
  case $1 in traefik) space=edge ;; valkey) space=data ;; postgres) space=data label=cnpg.io/cluster=database ;; esac
  kubectl --namespace "$space" logs --selector "$label" --prefix --since=1h --tail=-1 | grep -E -- "${2:-.}" | tail -20
}

metrics() { # SERVICE [PATTERN]: what each pod of the service says of itself now
  for each in $(kubectl --namespace mercat get pods --selector "app.kubernetes.io/name=$1" --output name); do
    kubectl --namespace mercat exec "$each" -- python -c 'import urllib.request
print(urllib.request.urlopen("http://127.0.0.1:8000/metrics", timeout=5).read().decode())'
  done | grep -v '^#' | grep -E "${2:-.}"
}

sql() { # SERVICE QUERY: by the service's own role, reads only
  kubectl --namespace mercat exec "deployment/$1" -- python -c 'import asyncio, asyncpg, os, pathlib, sys
async def main():
    url = pathlib.Path(os.environ["MERCAT_SECRETS_DIR"], "database_url").read_text().strip()
    session = {"default_transaction_read_only": "on", "statement_timeout": "30s"}
    connection = await asyncpg.connect(url, timeout=10, server_settings=session)
    for row in await connection.fetch(sys.argv[1]):
        print(*row.items(), sep="  ")
    await connection.close(timeout=5)
asyncio.run(main())' "$2"
}

books() { # the check of stock, orders and money, now
  kubectl --namespace mercat exec deployment/books -- python -m chassis.ops books catalog identity orders payments shop
}

operation() { # SERVICE "WORD...": an operator's command, as `python -m chassis.ops` in the service's environment
  image=$(kubectl --namespace mercat get deployment "$1" --output jsonpath='{.spec.template.spec.containers[0].image}')
  job=$(make -s operation ENV="$ENV" IMAGE="$image" SERVICE="$1" DO="$2" | kubectl --namespace mercat create --filename - --output name)
  kubectl --namespace mercat wait --for=condition=Ready pod --selector "batch.kubernetes.io/job-name=${job#*/}" --timeout=2m
  kubectl --namespace mercat logs --follow "$job"
}
