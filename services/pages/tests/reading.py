"""What tests read in a document."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import httpx

from chassis.testing import RunningApp

_EMPTY = {"meta", "link", "img", "input", "br"}


class Document(HTMLParser):
    """The elements of a document with their attributes, and the text inside of each."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._open: list[tuple[str, int]] = []
        self.feed(text)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")
        if tag not in _EMPTY:
            self._open.append((tag, len(self.texts) - 1))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, tag
        assert self._open.pop()[0] == tag, tag

    def handle_data(self, data: str) -> None:
        for _, number in self._open:
            self.texts[number] += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [have for _, have in self._found(tag, attributes)]

    def one(self, tag: str, **attributes: str) -> dict[str, str]:
        (found,) = self.all(tag, **attributes)
        return found

    def text(self, tag: str, **attributes: str) -> list[str]:
        return [" ".join(self.texts[number].split()) for number, _ in self._found(tag, attributes)]

    def json(self, **attributes: str) -> list[Any]:
        return [json.loads(self.texts[number]) for number, _ in self._found("script", attributes)]

    def _found(self, tag: str, attributes: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            (number, have)
            for number, (name, have) in enumerate(self.elements)
            if name == tag and all(have.get(attribute) == value for attribute, value in wanted.items())
        ]


async def seen(pages: RunningApp, path: str, status: int = 200) -> Document:
    """The document at an address."""
    return document(await pages.client.get(path), status)


def document(answer: httpx.Response, status: int = 200) -> Document:
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert re.match("<!doctype html>", answer.text)
    return Document(answer.text)
