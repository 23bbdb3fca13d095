"""Every field of a document and its type: those of the services' own list, and what Logstash adds (redact.rb)."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from chassis.telemetry import fields

ROOT = Path(__file__).resolve().parents[3]

# What one may search without a role for security: their own lines are apart. Names of events in the services' code.
SECURITY_EVENTS = (
    "account.erased",
    "audit.unwritten",
    "keys.unreadable",
    "limits.undecided",
    "order.erased",
    "revocations.unreadable",
    "session.reuse",
    "webhook.of_another",
)
_WORDS = """
audit.name audit.namespace audit.resource audit.stage audit.subresource audit.verb event.id http.version
kubernetes.container.name kubernetes.namespace kubernetes.node.name kubernetes.pod.name postgresql.backend
postgresql.database postgresql.role service.environment tls.version traefik.entry_point traefik.router traefik.service
user.name
"""
_WHOLE = "http.request.body.bytes labels.dropped traefik.origin.duration traefik.origin.status_code traefik.retries"
# data_stream.* is written by Logstash and event.ingested by Elasticsearch: no line may bring them.
_OURS: dict[str, dict[str, Any]] = {
    "data_stream.dataset": {"type": "constant_keyword"},
    "data_stream.namespace": {"type": "constant_keyword"},
    "data_stream.type": {"type": "constant_keyword"},
    "event.ingested": {"type": "date"},
}
_KINDS: dict[str, dict[str, Any]] = {
    "keyword": {"type": "keyword", "ignore_above": 1024},
    "text": {"type": "match_only_text"},
}


def types() -> dict[str, str]:
    """The type of each field that a line may bring, by its name."""
    for file in sorted(ROOT.glob("services/*/service.yaml")):
        importlib.import_module(f"{file.parent.name}.app")  # services add fields of their own when they are imported
    added = {**dict.fromkeys(_WORDS.split(), "keyword"), **dict.fromkeys(_WHOLE.split(), "long"), "source.ip": "ip"}
    return dict(sorted({**fields.types(), **added}.items()))


def mapping() -> dict[str, Any]:
    """The strict mapping: Elasticsearch refuses a document with any other field."""
    flat = {**{name: _KINDS.get(kind, {"type": kind}) for name, kind in types().items()}, **_OURS}
    # Events are constants: counted and listed by the whole text, too.
    flat["message"] = {**flat["message"], "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}
    whole: dict[str, Any] = {}
    for name, kind in sorted(flat.items()):
        *path, last = name.split(".")
        part = whole
        for key in path:
            part = part.setdefault(key, {"dynamic": "strict", "properties": {}})["properties"]
        part[last] = kind
    return {"dynamic": "strict", "date_detection": False, "properties": whole}
