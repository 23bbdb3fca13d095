"""Prints as JSON what the code of a release declares: its events, who handles which, internal endpoints, and SQL.

Run as a program with the folder of that release on PYTHONPATH; its arguments are the names of services. It imports
nothing of `tools`, since the release may be an older one.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_SQL = re.compile(r"\s*(?:select|insert|update|delete|with)\b", re.IGNORECASE)
_SKIPPED = ("tests", "testing", "migrations", "drills")


def _modules(package: str) -> list[ModuleType]:
    """The imported modules of a package."""
    return [
        module
        for name, module in sorted(sys.modules.items())
        if name.partition(".")[0] == package and not set(name.split(".")) & set(_SKIPPED)
    ]


def events(package: str) -> dict[str, Any]:
    """The JSON schema of each kind of event that a package declares, by its type."""
    import msgspec

    from chassis.outbox import EventData

    found: dict[str, Any] = {}
    for module in _modules(package):
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, EventData) and each.__module__ == module.__name__:
                kind = getattr(each, "type", None)
                if isinstance(kind, str):
                    found[kind] = _with_times(each, msgspec.json.schema(each))
    return found


def _with_times(event: type, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the format of its times, which msgspec leaves out."""
    import msgspec

    properties = schema["$defs"][event.__name__]["properties"]
    for field in msgspec.structs.fields(event):
        if "datetime" in str(field.type):
            described = properties[field.encode_name]
            for each in (described, *described.get("anyOf", ())):
                if each.get("type") == "string":
                    each["format"] = "date-time"
    return schema


def handled(package: str) -> list[str]:
    """The types of events that the consumers of a package handle."""
    from chassis.inbox import Consumer

    consumers = [each for module in _modules(package) for each in vars(module).values() if isinstance(each, Consumer)]
    return sorted({kind for consumer in consumers for kind in consumer.types})


def statements(package: str) -> list[str]:
    """The texts in a package's code that begin like SQL: of constants, and wherever they stand."""
    found: set[str] = set()
    for module in _modules(package):
        found |= {each for each in vars(module).values() if isinstance(each, str)}
        if module.__file__:
            tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
            found |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return sorted(each for each in found if _SQL.match(each))


def internal(service: str) -> dict[str, Any]:
    """The OpenAPI document of what only other services call; of the answers, which have no schema, the statuses."""
    from fastapi.openapi.utils import get_openapi
    from fastapi.routing import APIRoute

    routes = [each for each in sys.modules[f"{service}.app"].app.routes if isinstance(each, APIRoute)]
    routes = [each for each in routes if not each.include_in_schema and each.path.startswith("/internal")]
    for route in routes:
        route.include_in_schema = True
    document = get_openapi(title=service, version="1", routes=routes, separate_input_output_schemas=False)
    for operation in (each for item in document["paths"].values() for each in item.values()):
        operation["responses"] = {status: {} for status in operation["responses"]}
    return document


def main() -> None:
    """Print it, by service; "chassis" is the library of all."""
    for service in sys.argv[1:]:
        importlib.import_module(f"{service}.app")
    from chassis import outbox

    found: dict[str, Any] = {}
    for name in ["chassis", *sys.argv[1:]]:
        found[name] = {"events": events(name), "handled": handled(name), "sql": statements(name)}
        found[name]["internal"] = {} if name == "chassis" else internal(name)
    import msgspec

    found["chassis"]["feed"] = msgspec.json.schema(outbox.FeedPage)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
