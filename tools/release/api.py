"""What the clients of the last release cannot do any more, from the OpenAPI documents of then and of now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tools.release.json_schemas import AnySchema, Comparison

Document = Mapping[str, Any]

_METHODS = ("get", "put", "post", "patch", "delete", "head", "options")


def broken(old: Document, new: Document) -> list[str]:
    """What a client of `old` cannot do any more, a line each; additions are fine."""
    return [f"{name}: {told}" for name, told in _broken(old, new)]


def _broken(old: Document, new: Document) -> Iterator[tuple[str, str]]:
    for path, item in old.get("paths", {}).items():
        for method in (each for each in _METHODS if each in item):
            name, now = f"{method.upper()} {path}", new.get("paths", {}).get(path, {}).get(method)
            if now is None:
                yield name, "is gone"
                continue
            for told in _Operation(old, new).changes(item[method], now):
                yield name, told


class _Operation:
    """One operation of both documents."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new

    def changes(self, old: Document, new: Document) -> Iterator[str]:
        """All that breaks a client."""
        if old.get("operationId") != new.get("operationId"):
            yield f"operationId was {old.get('operationId')} and is {new.get('operationId')}"
        yield from self._security(old, new)
        yield from self._parameters(_parameters(old), _parameters(new))
        yield from self._body(old.get("requestBody"), new.get("requestBody"))
        yield from self._answers(old["responses"], new["responses"])

    def _security(self, old: Document, new: Document) -> Iterator[str]:
        known, wanted = (each.get("security") or [{}] for each in (old, new))
        for way in known:
            if not any(set(other) <= set(way) for other in wanted):
                yield f"is no longer open to {' with '.join(way) or 'everybody'}"

    def _parameters(self, old: Mapping[str, Document], new: Mapping[str, Document]) -> Iterator[str]:
        for name, parameter in old.items():
            if name not in new:
                yield f"{name} is gone"
                continue
            yield from self._sent(parameter.get("schema", True), new[name].get("schema", True), name)
        for name, parameter in new.items():
            if parameter.get("required") and not old.get(name, {}).get("required"):
                yield f"{name} is required now"

    def _body(self, old: Document | None, new: Document | None) -> Iterator[str]:
        if new is None:
            if old is not None:
                yield "the body is gone"
            return
        if new.get("required") and not (old or {}).get("required"):
            yield "a body is required now"
        for kind, content in (old or {}).get("content", {}).items():
            if kind not in new["content"]:
                yield f"a body of {kind} is no longer taken"
            else:
                yield from self._sent(content.get("schema", True), new["content"][kind].get("schema", True), "body")

    def _answers(self, old: Mapping[str, Document], new: Mapping[str, Document]) -> Iterator[str]:
        was, now = ({status for status in each if status < "4"} for each in (old, new))
        yield from (f"no longer answers {status}" for status in sorted(was - now))
        yield from (f"answers {status}, which nobody expects" for status in sorted(now - was))
        for status in sorted(set(old) & set(new)):
            yield from (f"{status}: the header {each} is gone" for each in _missing(old, new, status, "headers"))
            for kind, content in old[status].get("content", {}).items():
                if kind not in new[status].get("content", {}):
                    yield f"{status}: no longer answers {kind}"
                    continue
                answered = new[status]["content"][kind].get("schema", True)
                compared = Comparison(self._new, self._old, answers=True)
                place = f"{status}: {kind}" if status >= "4" else f"{status}"
                yield from _placed(place, compared.misfits(answered, content.get("schema", True)))

    def _sent(self, old: AnySchema, new: AnySchema, place: str) -> Iterator[str]:
        yield from _placed(place, Comparison(self._old, self._new, answers=False).misfits(old, new))


def _parameters(operation: Document) -> dict[str, Document]:
    return {f"{each['in']} {each['name']}": each for each in operation.get("parameters", ())}


def _missing(old: Mapping[str, Document], new: Mapping[str, Document], status: str, part: str) -> list[str]:
    return sorted(set(old[status].get(part, {})) - set(new[status].get(part, {})))


def _placed(place: str, misfits: list[str]) -> Iterator[str]:
    for told in misfits:
        yield f"{place}{told}" if told.startswith(":") else f"{place}: {told}"
