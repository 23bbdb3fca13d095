"""The charts' values.schema.json: the schema of an environment's file, and for services that of service.yaml with it.

`python -m deploy.charts.values_schema --write` writes them anew; a test compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

CHARTS = Path(__file__).resolve().parent
SERVICE = CHARTS.parents[1] / "chassis" / "config" / "service.schema.json"
ENVIRONMENT = CHARTS / "environment.schema.json"
# Charts that get an environment's file, and what besides it: images come of deploy/platform/values.
OTHERS: dict[str, dict[str, Any]] = {
    "data": {"images": {"type": "object", "additionalProperties": {"type": "string"}}},
    **{
        chart: json.loads((CHARTS / chart / "own.schema.json").read_text(encoding="utf-8"))
        for chart in ("database", "logs", "observability", "probe", "report")
    },
    # mercat/edge/rules.yaml, and the code of the error page.
    "edge": {"rules": {"type": "object"}, "error_page": {"type": "string", "minLength": 1}},
    "backup": {
        "restore": {"type": "string", "description": "Schedule or backup to restore the cluster's objects from"}
    },
}


def values_schema(chart: str = "service") -> dict[str, Any]:
    """Every field of the files that a chart gets and no other."""
    service, environment = (json.loads(path.read_text(encoding="utf-8")) for path in (SERVICE, ENVIRONMENT))
    if chart in OTHERS:
        service = {"$schema": service["$schema"], "required": [], "properties": OTHERS[chart], "$defs": {}}
    return {
        "$schema": service["$schema"],
        "title": "The file of an environment, and what else the chart gets",
        "type": "object",
        "additionalProperties": False,
        "required": service["required"] + environment["required"],
        "properties": service["properties"] | environment["properties"],
        "$defs": service["$defs"] | environment["$defs"],
    }


def stale() -> dict[Path, str]:
    """{path: the text that it is to be} of every file that is not."""
    texts = {
        (CHARTS.parent / "edge" / "chart" if chart == "edge" else CHARTS / chart) / "values.schema.json": json.dumps(
            values_schema(chart), indent=1
        )
        + "\n"
        for chart in ("service", *OTHERS)
    }
    return {path: text for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text}


if __name__ == "__main__":
    for path, text in stale().items():
        if "--write" not in sys.argv:
            sys.exit(f"{path} is stale: python -m deploy.charts.values_schema --write")
        path.write_text(text, encoding="utf-8")
