"""The words of the pages of docs/reference. That each page is the code's, tools/documents/tests sees."""

from __future__ import annotations

import re

from tools.openapi import ROOT
from tools.reference import limits, operations, schemas


def test_each_limit_of_requests_is_told_at_an_operation():
    """But for those of pages, and those that nobody meets by one request: what is unpaid, API keys, audit lines."""
    api = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs/reference/api").glob("*.md"))
    elsewhere = re.compile(r"PAGE_|UNPAID_|LAPSED_|audit-|api-key-")
    told = limits.told()
    assert told
    assert [name for name in told if not elsewhere.match(name) and f"`{name}`" not in api] == []


def test_who_may_call_an_operation_is_told_by_its_security():
    assert operations.access({}) == "everybody"
    assert operations.access({"security": [{"access_token": []}]}) == "who is signed in"
    assert operations.access({"security": [{"access_token": ["a:b"]}]}).endswith("with the right `a:b`")
    assert operations.access({"security": [{}, {"access_token": []}]}).startswith("everybody: a guest")


def test_words_for_a_schema():
    schema = {"anyOf": [{"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 3}, {"type": "null"}]}
    assert schemas.kind(schema) == "list of whole number or `null`"
    assert schemas.limits(schema) == "at most 3 entries; each at least 1"
    assert schemas.example({"properties": {"a": schema}}, {}) == {"a": [1]}
