"""Each number on the pages of docs/concepts is the one in the code."""

from __future__ import annotations

import importlib
import json
import re
import textwrap
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "concepts"
# Numbers of limits.md are compared by test_limits.py, those of scale.md by deploy/capacity.
WITH_NUMBERS = ("caching", "checkout", "feed", "idempotency", "pages", "sessions")
_ROW = re.compile(r"^\| `(?P<name>[a-z_]+\.[\w.:]+)` \| (?P<told>[^|]+) \|", re.MULTILINE)
_CODE = re.compile(r"From `(?P<file>[^`]+)`:\n\n(?P<block>(?: *```python\n.*?\n *```\n)+)", re.DOTALL | re.IGNORECASE)
_WRITES = {"post", "put", "patch", "delete"}
_NUMBER = re.compile(r"(?P<number>[\d,]+(?:\.\d+)?) *(?P<unit>[a-zA-Z]*)")
_UNITS = {
    **dict.fromkeys(("s", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3_600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
    "MiB": 1024.0**2,
}


def amount(text: str) -> float:
    """A number as it is written: seconds where its unit is one of time, and bytes of MiB."""
    found = _NUMBER.search(text)
    assert found, f"there is no number in {text!r}"
    return float(found["number"].replace(",", "")) * _UNITS.get(found["unit"], 1.0)


def in_code(name: str) -> float:
    """The number that a name of the code stands for; `module.jobs:work`: how often that work is done."""
    name, _, work = name.partition(":")
    value = _value(name)
    if work:
        value = value.periodic[work].seconds
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, str):
        (text,) = re.findall(r"interval '([^']+)'", value)
        return amount(text)
    return float(value)


def _value(name: str) -> Any:
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if isinstance(found, type) and issubclass(found, BaseModel):
                found = found.model_fields[part].default
            else:
                found = getattr(found, part)
        return found
    raise LookupError(f"there is no module for {name}")


@pytest.mark.parametrize("page", WITH_NUMBERS)
def test_the_numbers_of_a_page_are_those_of_the_code(page):
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    told = {row["name"]: row["told"].strip() for row in _ROW.finditer(text)}
    assert len(told) >= 5, f"{page}.md has no table of numbers, or in another form"
    wrong = {name: (words, in_code(name)) for name, words in told.items() if amount(words) != in_code(name)}
    assert not wrong, f"docs/concepts/{page}.md says otherwise than the code: {wrong}"


def test_every_page_of_concepts_is_compared_with_the_code():
    """By this file, or by the one that the page names."""
    found = {each.stem for each in PAGES.glob("*.md")}
    assert found == {*WITH_NUMBERS, "limits", "scale"}


@pytest.mark.parametrize(("text", "number"), [("1,000 rows", 1000), ("15 min", 900), ("0.5 s", 0.5), ("64 MiB", 2**26)])
def test_a_number_is_read_with_its_unit(text, number):
    assert amount(text) == number


def test_every_endpoint_that_changes_something_says_what_a_repeat_does():
    described = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    wanted = {
        f"{method.upper()} {path}": any(
            each.get("name") == "Idempotency-Key" for each in operation.get("parameters", [])
        )
        for path, operations in described.items()
        for method, operation in operations.items()
        if method in _WRITES
    }
    page = (PAGES / "idempotency.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`(?:POST|PUT|PATCH|DELETE) [^|]+`) \| (yes|no) \|", page, re.MULTILINE)
    told = [(name, key == "yes") for names, key in rows for name in re.findall(r"`([^`]+)`", names)]
    assert sorted(told) == sorted(wanted.items())


def test_code_that_a_page_shows_stands_in_the_file_that_it_names():
    shown = [
        (found["file"], textwrap.dedent(code))
        for page in sorted(PAGES.glob("*.md"))
        for found in _CODE.finditer(page.read_text(encoding="utf-8"))
        for code in re.findall(r"```python\n(.*?)\n *```", found["block"], re.DOTALL)
    ]
    assert len(shown) == sum(page.read_text(encoding="utf-8").count("```python") for page in PAGES.glob("*.md")) >= 3
    for file, code in shown:
        assert code in (ROOT / file).read_text(encoding="utf-8"), f"{file} has no such lines:\n{code}"
