"""Logstash's script under plain Ruby, and a strict reading of the mapping."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from chassis.testing.skipping import skip_without
from deploy.observability.logs import fields

RUBY = fields.ROOT / ".venv" / "logs" / "ruby"
FILES = fields.ROOT / "deploy" / "charts" / "logs" / "files"
SCRIPT = FILES / "redact.rb"
RUN = Path(__file__).with_name("run.rb")
Object = dict[str, Any]


def redacted(events: Iterable[Object], script: Path = SCRIPT) -> list[Object]:
    """The documents that Logstash would send, in order. The script's own tests have passed."""
    if not RUBY.exists():
        skip_without("ruby", "there is none in .venv/logs: `make .venv/.logs-ready` says why")
    given = "".join(json.dumps(event) + "\n" for event in events)
    command = [str(each) for each in (RUBY, RUN, script, FILES / "fields.json", "production")]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "tests passed" in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def container(message: str, name: str = "orders", namespace: str = "mercat") -> Object:
    """A line as Filebeat sends it."""
    about = {
        "namespace": namespace,
        "pod": {"name": f"{name}-7d9f-x2x4z", "uid": "1"},
        "container": {"name": name},
        "node": {"name": "ip-10-0-0-1", "labels": {"a": "b"}},
        "labels": {"app_kubernetes_io/name": name},
    }
    return {
        "@timestamp": "2026-11-29T02:15:41.123Z",
        "@version": "1",
        "message": message,
        "stream": "stdout",
        "log": {"offset": 12, "file": {"path": "/var/log/containers/x.log"}},
        "kubernetes": about,
        "tags": ["beats_input_codec_plain_applied"],
        "event": {"original": message},
    }


@cache
def mapping() -> Object:
    """As it is put into Elasticsearch."""
    for line in (FILES / "elasticsearch.txt").read_text(encoding="utf-8").splitlines():
        method, path, body = [*line.split(" ", 2), ""][:3]
        if (method, path) == ("PUT", "_component_template/mercat-fields"):
            found: Object = json.loads(body)["template"]["mappings"]
            return found
    raise AssertionError("there is no mapping")


def flat(within: Object, path: str = "") -> list[str]:
    """The names of the fields of a mapping."""
    return [
        each
        for name, kind in within["properties"].items()
        for each in (flat(kind, f"{path}{name}.") if "properties" in kind else [f"{path}{name}"])
    ]


def misfits(document: Object, within: Object | None = None, path: str = "") -> Iterator[str]:
    """What a strict mapping refuses of a document: unknown fields, and values of another type."""
    properties = (within or mapping()).get("properties", {})
    for name, value in document.items():
        kind = properties.get(name)
        where = f"{path}{name}"
        if kind is None:
            yield f"{where} is not in the mapping"
        elif "properties" in kind:
            yield from misfits(value, kind, f"{where}.") if isinstance(value, dict) else [f"{where} is no object"]
        else:
            many = value if isinstance(value, list) else [value]
            yield from (f"{where} is no {kind['type']}: {each!r}" for each in many if not _is(each, kind["type"]))


def _is(value: object, kind: str) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    try:
        match kind:
            case "long":
                return number and isinstance(value, int) and -(2**63) <= value < 2**63
            case "double":
                return number
            case "boolean":
                return isinstance(value, bool)
            case "date":
                return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
            case "ip":
                return isinstance(value, str) and bool(ip_address(value))
            case _:
                return isinstance(value, str)
    except ValueError:
        return False
