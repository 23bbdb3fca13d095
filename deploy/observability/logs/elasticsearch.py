"""What is put into Elasticsearch: policies of age, templates, the archive's snapshots, roles. Each may be put again.

The chart (deploy/charts/logs) fills in ${environment}, ${bucket} and, as days that lines are kept, ${app_days},
${security_days} and ${audit_days}. All of it is within the free licence (Basic); a test refuses what is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.observability.logs.fields import mapping

# Each data stream logs-mercat.<name>-<environment>, and by whose age its lines are deleted.
STREAMS = {"app": "app", "edge": "app", "data": "app", "platform": "app", "security": "security", "audit": "audit"}
# Who may read what: by index alone, as the licence has neither documents nor fields.
READERS = {
    "reader": ("Lines of services, edge, data and platform", ["app", "edge", "data", "platform"]),
    "security": ("As reader, and lines of security", ["app", "edge", "data", "platform", "security"]),
    "auditor": ("Lines of security and audit, and nothing else", ["security", "audit"]),
}
ARCHIVES = ("app", "audit")
RESTORED_DAYS = 7
Request = tuple[str, str, dict[str, Any] | None]


def requests() -> Iterator[Request]:
    """Method, path and body, in the order in which they are sent. `CREATE` is a PUT that may find it there."""
    for name in ("app", "security", "audit"):
        yield "PUT", f"_ilm/policy/mercat-{name}", {"policy": {"phases": _phases(name)}}
    yield "PUT", "_ilm/policy/mercat-restored", {"policy": {"phases": _restored()}}
    yield "PUT", "_ingest/pipeline/mercat", _pipeline()
    yield "PUT", "_component_template/mercat-fields", {"template": {"mappings": mapping()}}
    yield "PUT", "_component_template/mercat-settings", {"template": {"settings": _settings()}}
    for name, age in STREAMS.items():
        yield "PUT", f"_index_template/mercat-{name}", _template(name, age)
    for name in ARCHIVES:
        yield "PUT", f"_snapshot/mercat-{name}", _repository(name)
        yield "PUT", f"_slm/policy/mercat-{name}", _snapshots(name)
    yield from _roles()
    for name in STREAMS:
        # They exist before the first line.
        yield "CREATE", f"_data_stream/{_stream(name)}${{environment}}", None
    # And learn of new fields without waiting for their next index. What is constant there stays.
    added = {name: kind for name, kind in mapping()["properties"].items() if name != "data_stream"}
    yield "PUT", "logs-mercat.*-${environment}/_mapping?write_index_only=true", {"properties": added}


def _stream(name: str) -> str:
    return f"logs-mercat.{name}-"


def _phases(name: str) -> dict[str, Any]:
    gone: dict[str, Any] = {"delete": {}}
    if name != "app":
        gone["wait_for_snapshot"] = {"policy": "mercat-audit"}
    return {
        "hot": {
            "min_age": "0ms",
            # An index is a day, so that one can be restored by its date.
            "actions": {
                "rollover": {"max_age": "1d", "max_primary_shard_size": "30gb"},
                "set_priority": {"priority": 100},
            },
        },
        "warm": {
            "min_age": "2d",
            "actions": {"readonly": {}, "forcemerge": {"max_num_segments": 1}, "set_priority": {"priority": 50}},
        },
        "delete": {"min_age": f"${{{name}_days}}d", "actions": gone},
    }


def _restored() -> dict[str, Any]:
    return {
        "hot": {"min_age": "0ms", "actions": {"set_priority": {"priority": 0}}},
        "delete": {"min_age": f"{RESTORED_DAYS}d", "actions": {"delete": {}}},
    }


def _pipeline() -> dict[str, Any]:
    """When a document arrived: what is later than its @timestamp was late on the way."""
    return {
        "description": "When a document arrived",
        "processors": [{"set": {"field": "event.ingested", "value": "{{{_ingest.timestamp}}}"}}],
    }


def _settings() -> dict[str, Any]:
    return {
        "index": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            "codec": "best_compression",
            "refresh_interval": "10s",
            "final_pipeline": "mercat",
            "mapping": {"total_fields": {"limit": 300}},
            "query": {"default_field": ["message", "error.message"]},
        }
    }


def _template(name: str, age: str) -> dict[str, Any]:
    return {
        "index_patterns": [f"{_stream(name)}*"],
        "priority": 500,
        "data_stream": {},
        "composed_of": ["mercat-fields", "mercat-settings"],
        "template": {
            "settings": {"index": {"lifecycle": {"name": f"mercat-{age}"}}},
            # What is refused goes to Logstash's dead letter queue, and nowhere else.
            "data_stream_options": {"failure_store": {"enabled": False}},
        },
    }


def _repository(name: str) -> dict[str, Any]:
    """Elasticsearch may delete there; versions, which hold what was deleted, are the bucket's own to delete."""
    return {
        "type": "s3",
        "settings": {"bucket": "${bucket}", "base_path": f"elasticsearch/{name}", "client": "default"},
    }


def _snapshots(name: str) -> dict[str, Any]:
    apart = [f"{_stream(each)}*" for each, age in STREAMS.items() if (age == "app") == (name == "app")]
    return {
        "name": f"<mercat-{name}-{{now/d}}>",
        "schedule": "0 30 1 * * ?" if name == "app" else "0 0 2 * * ?",
        "repository": f"mercat-{name}",
        "config": {"indices": apart, "include_global_state": False, "ignore_unavailable": True},
        "retention": {"expire_after": f"${{{name}_days}}d", "min_count": 7, "max_count": 500},
    }


def _roles() -> Iterator[Request]:
    for name, (about, streams) in READERS.items():
        names = [f"{before}{_stream(stream)}*" for stream in streams for before in ("", "restored-")]
        yield (
            "PUT",
            f"_security/role/mercat_{name}",
            {
                "description": about,
                "indices": [{"names": names, "privileges": ["read", "view_index_metadata"]}],
                "applications": [
                    {"application": "kibana-.kibana", "privileges": ["read"], "resources": ["space:default"]}
                ],
            },
        )
    every = "logs-mercat.*"
    writes = {"cluster": ["monitor"], "indices": [{"names": [every], "privileges": ["create_doc"]}]}
    watches = {
        "cluster": ["monitor", "read_ilm", "read_slm"],
        "indices": [{"names": [every], "privileges": ["monitor", "view_index_metadata"]}],
    }
    yield "PUT", "_security/role/mercat_writer", {"description": "Logstash: adds lines, and reads none", **writes}
    yield "PUT", "_security/role/mercat_exporter", {"description": "Metrics: sizes and ages, and no line", **watches}
