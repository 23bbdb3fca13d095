"""The chart's values.schema.json: the schema of service.yaml and that of an environment's file, in one.

`python -m deploy.charts.values_schema --write` writes it anew; a test compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

CHARTS = Path(__file__).resolve().parent
SERVICE = CHARTS.parents[1] / "chassis" / "config" / "service.schema.json"
ENVIRONMENT = CHARTS / "environment.schema.json"
VALUES = CHARTS / "service" / "values.schema.json"


def values_schema() -> dict[str, Any]:
    """Every field of both files and no other."""
    service, environment = (json.loads(path.read_text(encoding="utf-8")) for path in (SERVICE, ENVIRONMENT))
    return {
        "$schema": service["$schema"],
        "title": "A service's service.yaml and the file of an environment",
        "type": "object",
        "additionalProperties": False,
        "required": service["required"] + environment["required"],
        "properties": service["properties"] | environment["properties"],
        "$defs": service["$defs"] | environment["$defs"],
    }


def text() -> str:
    """The file as it is to be."""
    return json.dumps(values_schema(), indent=1) + "\n"


if __name__ == "__main__":
    if "--write" in sys.argv:
        VALUES.write_text(text(), encoding="utf-8")
    elif VALUES.read_text(encoding="utf-8") != text():
        sys.exit("deploy/charts/service/values.schema.json is stale: python -m deploy.charts.values_schema --write")
