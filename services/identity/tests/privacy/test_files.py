"""The files of exports, as text."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from identity.privacy.domain.files import Html, Json

ASKED = datetime(2026, 11, 29, 12, tzinfo=UTC)
ROWS = [("identity", "accounts", b'{"a":1}'), ("identity", "accounts", b'{"a":2}'), ("orders", "accounts", b'{"b":[]}')]


def written(file: Json | Html, rows: list[tuple[str, str, bytes]]) -> str:
    parts = [file.table(service, table) + file.rows(row) for service, table, row in rows]
    return b"".join([file.begin(), *parts, file.end()]).decode()


def test_parts_of_one_table_are_joined_and_those_of_services_are_apart():
    found = json.loads(written(Json(ASKED), ROWS))
    assert found["services"] == {"identity": {"accounts": [{"a": 1}, {"a": 2}]}, "orders": {"accounts": [{"b": []}]}}
    assert found["asked_at"] == "2026-11-29T12:00:00Z"
    assert json.loads(written(Json(ASKED), []))["services"] == {}


def test_a_page_has_a_heading_for_each_table_and_runs_nothing():
    page = written(Html(ASKED), [*ROWS, ("orders", "<script>", b'{"c":"<img src=x>","d":null}')])
    assert page.count("<h2>") == 3
    assert "<dt>d</dt><dd>null</dd>" in page
    assert "<script" not in page
    assert "<img" not in page
