"""`python -m deploy.observability.logs --write` compiles what deploy/charts/logs puts into a cluster."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from deploy.observability.logs import elasticsearch, fields, kibana

FILES = fields.ROOT / "deploy" / "charts" / "logs" / "files"


def compiled() -> dict[Path, str]:
    """{path: text} of each compiled file; a test compares."""
    listed = {"security": list(fields.SECURITY_EVENTS), "types": fields.types()}
    requests = [f"{how} {path} {_line(body) if body else ''}".strip() for how, path, body in elasticsearch.requests()]
    return {
        FILES / "fields.json": json.dumps(listed, indent=1) + "\n",
        FILES / "elasticsearch.txt": "\n".join(requests) + "\n",
        FILES / "kibana.ndjson": "".join(_line(each) + "\n" for each in kibana.objects()),
    }


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    for path, text in compiled().items():
        if "--write" in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path} is stale: python -m deploy.observability.logs --write")
