"""Texts of the storefront's scripts: each has its German, and none is left over."""

from __future__ import annotations

import json
import re
from pathlib import Path

STOREFRONT = Path(__file__).parents[2] / "web" / "storefront"
_CALL = re.compile(r"\b(?:t|phrase)\(\s*(?!text\b)([^\s])")
_TEXT = re.compile(r'\b(?:t|phrase)\(\s*"((?:[^"\\]|\\.)*)"')
_NAME = re.compile(r"\{\w+\}")


def scripts() -> dict[str, str]:
    """The scripts that say something, by their names; texts.js is what they say it with."""
    found = {str(path.relative_to(STOREFRONT)): path.read_text("utf-8") for path in STOREFRONT.rglob("*.js")}
    return {name: source for name, source in found.items() if name != "js/texts.js"}


def german() -> dict[str, str]:
    found: dict[str, str] = json.loads((STOREFRONT / "texts" / "de.json").read_text("utf-8"))
    return found


def test_each_text_is_a_literal_so_that_it_can_be_found():
    others = [(name, call) for name, source in scripts().items() for call in _CALL.findall(source) if call != '"']
    assert others == []


def test_each_text_has_its_german_and_none_is_left_over():
    said = {json.loads(f'"{text}"') for source in scripts().values() for text in _TEXT.findall(source)}
    assert len(said) > 300
    assert said == german().keys()


def test_a_german_text_has_the_same_names_to_fill_in():
    others = [text for text, words in german().items() if sorted(_NAME.findall(text)) != sorted(_NAME.findall(words))]
    assert others == []
    assert all(words.strip() for words in german().values())
