#!/bin/sh
# serve_static.sh NAME --host HOST --port PORT: the command line of every service; NAME is for the process list alone.
set -eu
usage() { echo "usage: NAME --host HOST --port PORT" >&2; exit 2; }
[ $# -ge 1 ] || usage
shift
host=127.0.0.1 port=
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in --host) host=$2 ;; --port) port=$2 ;; *) usage ;; esac
  shift 2
done
[ -n "$port" ] || usage
sed "s/LISTEN/$host:$port/" /app/nginx.conf > /tmp/nginx.conf
exec nginx -c /tmp/nginx.conf
