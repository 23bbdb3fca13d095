"""What is put into Elasticsearch: compiled as in git, whole, typed, free of charge; and mistakes are seen."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chassis.testing.skipping import skip_without
from deploy.observability.logs import fields
from deploy.observability.logs.tests.checks import Requests, complaints, of, paid, sent
from deploy.observability.logs.tests.running import FILES, flat, mapping

TYPES = fields.ROOT / ".venv" / "logs" / "types"
# How a request's path and body are named in Elasticsearch's own types.
REQUESTS: dict[str, tuple[str, Callable[[str, Any], Any]]] = {
    "_ilm/policy/": ("IlmPutLifecycleRequest", lambda name, body: {"name": name, **body}),
    "_ingest/pipeline/": ("IngestPutPipelineRequest", lambda name, body: {"id": name, **body}),
    "_component_template/": ("ClusterPutComponentTemplateRequest", lambda name, body: {"name": name, **body}),
    "_index_template/": ("IndicesPutIndexTemplateRequest", lambda name, body: {"name": name, **body}),
    "_snapshot/": ("SnapshotCreateRepositoryRequest", lambda name, body: {"name": name, "repository": body}),
    "_slm/policy/": ("SlmPutLifecycleRequest", lambda name, body: {"policy_id": name, **body}),
    "_security/role/": ("SecurityPutRoleRequest", lambda name, body: {"name": name, **body}),
    "_data_stream/": ("IndicesCreateDataStreamRequest", lambda name, _body: {"name": name}),
    "logs-mercat.": ("IndicesPutMappingRequest", lambda name, body: {"index": name.split("/")[0], **body}),
}


def test_the_compiled_files_are_those_of_their_source():
    # In a process of its own: other tests of this one may have allowed more fields.
    checked = subprocess.run([sys.executable, "-m", "deploy.observability.logs"], cwd=fields.ROOT, check=False)
    assert checked.returncode == 0


def test_nothing_is_wrong_with_what_is_put_into_elasticsearch():
    assert complaints(sent()) == []


def test_each_event_of_security_is_one_of_the_code():
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("chassis", "services")
        for path in (fields.ROOT / folder).rglob("*.py")
        if "tests" not in path.parts
    )
    assert [event for event in fields.SECURITY_EVENTS if f'"{event}"' not in code] == []


def test_no_field_of_a_line_is_lost_or_written_by_the_line_that_is_not_its_to_write():
    listed = json.loads((FILES / "fields.json").read_text(encoding="utf-8"))["types"]
    in_mapping = set(flat(mapping()))
    assert set(listed) <= in_mapping
    assert in_mapping - set(listed) == {
        "data_stream.dataset",
        "data_stream.namespace",
        "data_stream.type",
        "event.ingested",
    }


SEEDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "has no delete phase": ("_ilm/policy/mercat-app", lambda body: body["policy"]["phases"].pop("delete")),
    "deletes before the archive": (
        "_ilm/policy/mercat-audit",
        lambda body: body["policy"]["phases"]["delete"]["actions"].pop("wait_for_snapshot"),
    ),
    "has no policy of age": (
        "_index_template/mercat-app",
        lambda body: body["template"]["settings"]["index"].pop("lifecycle"),
    ),
    "takes fields that it does not know": (
        "_component_template/mercat-fields",
        lambda body: body["template"]["mappings"]["properties"]["labels"].update(dynamic=True),
    ),
    "takes anything": (
        "_component_template/mercat-fields",
        lambda body: body["template"]["mappings"]["properties"].update(labels={"type": "flattened"}),
    ),
    "the templates are not of the streams": (
        "_index_template/mercat-audit",
        lambda body: body.update(index_patterns=["logs-*"]),
    ),
    "keeps its snapshots for ever": ("_slm/policy/mercat-audit", lambda body: body.pop("retention")),
    "not each stream is archived once": ("_slm/policy/mercat-audit", lambda body: body["config"]["indices"].pop()),
    "write to the same place": (
        "_snapshot/mercat-app",
        lambda body: body["settings"].update(base_path="elasticsearch/audit"),
    ),
    "which is not in the mapping": (
        "_ingest/pipeline/mercat",
        lambda body: body["processors"].append({"set": {"field": "event.person", "value": 1}}),
    ),
    "mercat_reader may do": (
        "_security/role/mercat_reader",
        lambda body: body["indices"][0]["names"].append("logs-mercat.audit-*"),
    ),
    "mercat_auditor may do": (
        "_security/role/mercat_auditor",
        lambda body: body["indices"][0]["privileges"].append("delete"),
    ),
    "may change Elasticsearch itself": ("_security/role/mercat_writer", lambda body: body["cluster"].append("all")),
    "security of documents": (
        "_security/role/mercat_security",
        lambda body: body["indices"][0].update(query='{"term":{}}'),
    ),
    "searchable snapshots": (
        "_ilm/policy/mercat-app",
        lambda body: body["policy"]["phases"].update(cold={"actions": {"searchable_snapshot": {}}}),
    ),
}


@pytest.mark.parametrize("said", SEEDS)
def test_a_seeded_mistake_is_found(said: str):
    requests: Requests = copy.deepcopy(sent())
    path, break_it = SEEDS[said]
    break_it(requests[path])
    assert said in "\n".join(complaints(requests))


@pytest.mark.parametrize(
    "whole",
    [
        {"_ml/anomaly_detectors/a": {}},
        {"config": {"xpack.security.authc.realms.saml.saml1.order": 2}},
        {"config": {"xpack.security.audit.enabled": True}},
        {"kind": "StackConfigPolicy"},
        {"index": {"mapping": {"source": {"mode": "synthetic"}}}},
        [{"type": "graph-workspace"}],
    ],
)
def test_what_is_paid_for_is_refused(whole: Any):
    assert list(paid(whole)) != []


def _typed(requests: Requests, folder: Path) -> str:
    """What TypeScript says of the requests as Elasticsearch's client knows them."""
    node = shutil.which("node")
    compiler_of_types = TYPES / "node_modules" / "typescript" / "bin" / "tsc"
    if node is None or not compiler_of_types.exists():
        skip_without("node", "there are no types of Elasticsearch in .venv/logs: `make .venv/.logs-ready` says why")
    lines = ["import type { estypes } from '@elastic/elasticsearch'"]
    for before, (kind, named) in REQUESTS.items():
        for name, body in of(requests, before).items():
            lines.append(f"export const a{len(lines)}: estypes.{kind} = {json.dumps(named(name, body))}")
    assert len(lines) == 1 + len(requests)
    (folder / "requests.ts").write_text("\n".join(lines), encoding="utf-8")
    for file in ("tsconfig.json", "package.json"):
        shutil.copy(Path(__file__).parents[1] / "types" / file, folder)
    (folder / "node_modules").symlink_to(TYPES / "node_modules")
    done = subprocess.run(
        [node, compiler_of_types, "-p", folder], capture_output=True, text=True, check=False, timeout=300
    )
    assert bool(done.stdout) == bool(done.returncode), done.stderr
    return done.stdout


def test_the_requests_are_of_elasticsearchs_own_types_and_mistakes_are_not(tmp_path: Path):
    """One run of the compiler: the good ones have no line, and each mistake has its own."""
    good = sent()
    bad: Requests = {}
    for number, (path, break_it) in enumerate(MISTYPED):
        body = copy.deepcopy(good[path])
        break_it(body)
        bad[f"{path}-broken{number}"] = body
    said = _typed({**good, **bad}, tmp_path)
    lines = (tmp_path / "requests.ts").read_text(encoding="utf-8").splitlines()
    at = {int(number) for number in re.findall(r"requests\.ts\((\d+),", said)}
    broken = {number for number, line in enumerate(lines, 1) if "-broken" in line}
    assert len(broken) == len(MISTYPED)
    assert at == broken, said


MISTYPED: list[tuple[str, Callable[[Any], Any]]] = [
    ("_ilm/policy/mercat-app", lambda body: body["policy"]["phases"].update(hott={})),
    (
        "_ilm/policy/mercat-app",
        lambda body: body["policy"]["phases"]["hot"]["actions"]["rollover"].update(max_primary_shard_sze="1gb"),
    ),
    (
        "_component_template/mercat-fields",
        lambda body: body["template"]["mappings"]["properties"].update(a={"type": "keywrd"}),
    ),
    (
        "_index_template/mercat-app",
        lambda body: body["template"]["settings"]["index"]["lifecycle"].update(nam="x"),
    ),
    ("_ingest/pipeline/mercat", lambda body: body["processors"].append({"remov": {"field": "x"}})),
    ("_slm/policy/mercat-app", lambda body: body["retention"].update(min_cont=5)),
    ("_slm/policy/mercat-app", lambda body: body["config"].update(indexes=["a"])),
    ("_security/role/mercat_reader", lambda body: body["indices"][0].update(privilege=["read"])),
    ("_snapshot/mercat-app", lambda body: body.update(typ="s3")),
]
