"""What is wrong with the requests that set Elasticsearch: a line for each. `requests` are {path: body}."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from deploy.observability.logs.tests.running import FILES

Object = dict[str, Any]
Requests = dict[str, Object]
# Of the licences that are paid for; https://www.elastic.co/subscriptions lists them.
PAID = {
    "searchable_snapshot": "searchable snapshots",
    "field_security": "security of fields",
    "remote_indices": "search across clusters by their keys",
    "remote_cluster": "search across clusters by their keys",
    "_ml": "machine learning",
    "_watcher": "alerts of Elasticsearch's own",
    "_ccr": "replication between clusters",
    "synthetic": "synthetic source",
    "xpack.security.audit.enabled": "the log of who read what",
    "saml": "single sign-on",
    "oidc": "single sign-on",
    "kerberos": "single sign-on",
    "ldap": "users of a directory",
    "active_directory": "users of a directory",
    "StackConfigPolicy": "settings by the operator",
    "ElasticsearchAutoscaler": "sizes by the operator",
    "graph-workspace": "graphs of Kibana",
}


def sent() -> Requests:
    """As setup.sh sends them."""
    lines = (FILES / "elasticsearch.txt").read_text(encoding="utf-8").splitlines()
    parts = [[*line.split(" ", 2), "{}"][1:3] for line in lines]
    return {path: json.loads(body) for path, body in parts}


def of(requests: Requests, before: str) -> Requests:
    """Those whose paths begin so, by the rest."""
    return {path.removeprefix(before): body for path, body in requests.items() if path.startswith(before)}


def complaints(requests: Requests) -> list[str]:
    """All that is wrong."""
    checks = (ages, templates, snapshots, pipelines, roles, paid)
    return [line for check in checks for line in check(requests)]


def ages(requests: Requests) -> Iterator[str]:
    """What is kept has an end, and what must be archived first is."""
    for name, body in of(requests, "_ilm/policy/").items():
        phases = body["policy"]["phases"]
        last = phases.get("delete", {})
        if "delete" not in last.get("actions", {}) or not last.get("min_age", "").endswith("d"):
            yield f"{name} has no delete phase"
        if name != "mercat-restored" and not {"hot", "warm"} <= set(phases):
            yield f"{name} has no hot or warm phase"
        if name != "mercat-restored" and "max_age" not in phases.get("hot", {}).get("actions", {}).get("rollover", {}):
            yield f"{name} does not begin an index each day"
        if name in {"mercat-security", "mercat-audit"} and "wait_for_snapshot" not in last.get("actions", {}):
            yield f"{name} deletes before the archive has it"


def templates(requests: Requests) -> Iterator[str]:
    """Each stream has a template whose mapping is strict and whose policies exist."""
    components = of(requests, "_component_template/")
    found = of(requests, "_index_template/")
    streams = {path.removeprefix("logs-mercat.").split("-")[0] for path in of(requests, "_data_stream/")}
    patterns = {pattern for body in found.values() for pattern in body["index_patterns"]}
    if patterns != {f"logs-mercat.{name}-*" for name in streams}:
        yield "the templates are not of the streams"
    for name, body in found.items():
        settings = body["template"]["settings"]["index"]
        if f"_ilm/policy/{settings.get('lifecycle', {}).get('name')}" not in requests:
            yield f"{name} has no policy of age"
        if not set(body["composed_of"]) <= set(components):
            yield f"{name} is composed of what is not there"
        if body.get("data_stream") is None or body["priority"] <= 200:
            yield f"{name} is no data stream's, or Elasticsearch's own templates go before it"
        if body["template"].get("data_stream_options", {}).get("failure_store") != {"enabled": False}:
            yield f"{name} keeps refused documents in a second place"
    for name, body in components.items():
        pipeline = body["template"].get("settings", {}).get("index", {}).get("final_pipeline")
        if pipeline is not None and f"_ingest/pipeline/{pipeline}" not in requests:
            yield f"{name} names a pipeline that is not there"
        if "mappings" in body["template"]:
            yield from _lax(body["template"]["mappings"], name)


def _lax(mapping: Object, path: str) -> Iterator[str]:
    if mapping.get("dynamic") != "strict":
        yield f"{path} takes fields that it does not know"
    for name, each in mapping["properties"].items():
        if "properties" in each:
            yield from _lax(each, f"{path}.{name}")
        elif each.get("type") in {"object", "nested", "flattened", None}:
            yield f"{path}.{name} takes anything"


def snapshots(requests: Requests) -> Iterator[str]:
    """Each stream is archived by exactly one policy, whose snapshots have an end."""
    policies = of(requests, "_slm/policy/")
    for name, body in policies.items():
        if f"_snapshot/{body['repository']}" not in requests:
            yield f"{name} names no repository"
        retention = body.get("retention", {})
        if not retention.get("expire_after", "").endswith("d") or retention.get("max_count", 0) < 1:
            yield f"{name} keeps its snapshots for ever"
        if body["config"].get("include_global_state", True):
            yield f"{name} archives users and settings, too"
    archived = sorted(pattern for body in policies.values() for pattern in body["config"]["indices"])
    if archived != sorted(
        pattern for body in of(requests, "_index_template/").values() for pattern in body["index_patterns"]
    ):
        yield "not each stream is archived once"
    places = [json.dumps(body["settings"], sort_keys=True) for body in of(requests, "_snapshot/").values()]
    if len(places) != len(set(places)):
        yield "two repositories write to the same place"


def pipelines(requests: Requests) -> Iterator[str]:
    """They set fields that the mapping has."""
    mapping = requests["_component_template/mercat-fields"]["template"]["mappings"]
    for name, body in of(requests, "_ingest/pipeline/").items():
        for processor in body["processors"]:
            ((kind, about),) = processor.items()
            part: Any = {"properties": mapping["properties"]}
            for key in str(about.get("field")).split("."):
                part = part.get("properties", {}).get(key, {})
            if kind != "set" or not part:
                yield f"{name}: {kind} of {about.get('field')}, which is not in the mapping"


def roles(requests: Requests) -> Iterator[str]:
    """People read what is theirs; programs have what they need; nobody changes a line or deletes one."""
    readable = {"mercat_reader": {"app", "edge", "data", "platform"}, "mercat_auditor": {"security", "audit"}}
    readable["mercat_security"] = readable["mercat_reader"] | {"security"}
    needs = {"mercat_writer": {"create_doc"}, "mercat_exporter": {"monitor", "view_index_metadata"}}
    found = of(requests, "_security/role/")
    if found.keys() != readable.keys() | needs.keys():
        yield "there are other roles"
    for name, body in found.items():
        privileges = {each for index in body["indices"] for each in index["privileges"]}
        names = [each for index in body["indices"] for each in index["names"]]
        streams = {each.removeprefix("restored-").removeprefix("logs-mercat.").removesuffix("-*") for each in names}
        if name in readable and (streams != readable[name] or privileges != {"read", "view_index_metadata"}):
            yield f"{name} may do {sorted(privileges)} with {sorted(streams)}"
        if name in needs and (privileges != needs[name] or names != ["logs-mercat.*"]):
            yield f"{name} may do {sorted(privileges)} with {sorted(names)}"
        if not set(body.get("cluster", [])) <= ({"monitor", "read_ilm", "read_slm"} if name in needs else set()):
            yield f"{name} may change Elasticsearch itself"
        if name in readable and body["applications"][0]["privileges"] != ["read"]:
            yield f"{name} may change Kibana's pages"


def paid(whole: Any) -> Iterator[str]:
    """Features that the free licence does not have, in anything that is made of objects and lists."""
    for key, value in _walk(whole):
        words = {key, *(key.replace("/", ".").split(".")), *([value] if isinstance(value, str) else [])}
        yield from (f"{PAID[word]} are not in the free licence: {key}" for word in sorted(words & PAID.keys()))
        # A query beside the indices of a role: security of documents.
        if key == "indices" and isinstance(value, list):
            yield from ("security of documents: query" for each in value if isinstance(each, dict) and "query" in each)


def _walk(whole: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(whole, dict):
        for key, value in whole.items():
            yield key, value
            yield from _walk(value)
    elif isinstance(whole, list):
        for each in whole:
            yield from _walk(each)
