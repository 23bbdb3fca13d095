# Three words that the tutorials use. In the project's folder: . docs/tutorials/functions.sh
# The address of the store; another one if its ports were moved by MERCAT_PORT_OFFSET.
STORE=http://localhost:$((8080 + ${MERCAT_PORT_OFFSET:-0}))

# Takes a value out of the JSON that it reads, or fails and shows what it read: curl ... | field '["items"][0]["id"]'
field() {
  .venv/bin/python -I -S -c '
import json, sys
read = sys.stdin.read()
try:
    value = eval("answer" + sys.argv[1], {"answer": json.loads(read)})
except (ValueError, LookupError, TypeError):
    sys.exit(f"There is no {sys.argv[1]} in: {read}")
print(value if isinstance(value, str) else json.dumps(value))' "$1"
}

# A new Idempotency-Key.
new_key() {
  .venv/bin/python -I -S -c 'import uuid; print(uuid.uuid4())'
}
