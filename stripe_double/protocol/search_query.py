"""Stripe's search language: `status:'succeeded' AND metadata['order_id']:'7'`.

Source: https://docs.stripe.com/search#search-query-language. AND and OR cannot be mixed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from stripe_double.objects.errors import StripeError

MAX_CLAUSES = 10
_TEXT = r"""'[^']*'|"[^"]*\""""
_CLAUSE = re.compile(
    rf"(?P<no>-?)(?P<field>[a-z_0-9.]+)(?:\[(?P<key>{_TEXT})\])?(?P<sign>:|~|>=|<=|>|<)(?P<value>{_TEXT}|[0-9]+|null)"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition on a field: `:` equals, `~` contains, or a comparison of numbers; `no` negates it."""

    field: str
    key: str | None
    sign: str
    value: str | int | None
    no: bool

    def holds(self, doc: dict[str, Any]) -> bool:
        """Whether it is true of an object."""
        found: Any = doc
        for part in self.field.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if self.key is not None:
            found = (found or {}).get(self.key)
        return self._compare(found) != self.no

    def _compare(self, found: Any) -> bool:
        if self.sign == "~":
            return isinstance(found, str) and str(self.value).lower() in found.lower()
        if self.sign == ":":
            return self.value is None if found is None else str(found).lower() == str(self.value).lower()
        if not isinstance(found, int) or not isinstance(self.value, int):
            return False
        return {">": found > self.value, ">=": found >= self.value, "<": found < self.value}.get(
            self.sign, found <= self.value
        )


@dataclass(frozen=True, slots=True)
class Query:
    """Clauses of which all must hold, or any."""

    clauses: tuple[Clause, ...]
    any_of: bool

    def holds(self, doc: dict[str, Any]) -> bool:
        """Whether it is true of an object."""
        return (any if self.any_of else all)(clause.holds(doc) for clause in self.clauses)


def parse(text: str, fields: tuple[str, ...]) -> Query:
    """The query; 400 if it is malformed, or names a field that cannot be searched by."""
    parts = re.split(r"\s+(AND|OR)\s+", text.strip())
    words = set(parts[1::2])
    if len(words) > 1:
        raise _refused("You cannot combine AND and OR in the same query.")
    if len(parts[::2]) > MAX_CLAUSES:
        raise _refused(f"A query can have up to {MAX_CLAUSES} clauses.")
    return Query(tuple(_clause(part, fields) for part in parts[::2]), words == {"OR"})


def _clause(text: str, fields: tuple[str, ...]) -> Clause:
    match = _CLAUSE.fullmatch(text)
    if match is None:
        raise _refused(f"We were unable to parse your search query: {text[:80]}")
    field, key, value = match["field"], match["key"], match["value"]
    if field not in fields or (key is None) != (field != "metadata"):
        raise _refused(f"Field `{field[:40]}` is an unsupported search field.")
    given: str | int | None = None if value == "null" else int(value) if value.isdigit() else value[1:-1]
    return Clause(field, key[1:-1] if key else None, match["sign"], given, match["no"] == "-")


def _refused(message: str) -> StripeError:
    return StripeError(400, message, param="query")
