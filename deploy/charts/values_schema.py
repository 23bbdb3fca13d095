"""values.schema.json of the charts of services and databases: their own schema and that of an environment, in one.

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
# The schema of what a chart takes beside the file of an environment, by the file that is made of both.
_WITH_OWN = [CHARTS / chart for chart in ("database", "data", "backup")]
OWN = {VALUES: SERVICE} | {chart / "values.schema.json": chart / "own.schema.json" for chart in _WITH_OWN}


def values_schema(own: Path = SERVICE) -> dict[str, Any]:
    """Every field of both files and no other."""
    service, environment = (json.loads(path.read_text(encoding="utf-8")) for path in (own, ENVIRONMENT))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{service['title']}; and the file of an environment",
        "type": "object",
        "additionalProperties": False,
        "required": service["required"] + environment["required"],
        "properties": service["properties"] | environment["properties"],
        "$defs": service["$defs"] | environment["$defs"],
    }


def text(own: Path = SERVICE) -> str:
    """The file as it is to be."""
    return json.dumps(values_schema(own), indent=1) + "\n"


if __name__ == "__main__":
    for values, own in OWN.items():
        if "--write" in sys.argv:
            values.write_text(text(own), encoding="utf-8")
        elif values.read_text(encoding="utf-8") != text(own):
            sys.exit(f"{values} is stale: python -m deploy.charts.values_schema --write")
