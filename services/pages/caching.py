"""How long answers are kept, by their path: the one table of it, which the edges follow."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple

from pages.domain import filters

IMMUTABLE = "public, max-age=31536000, immutable"
"""Files whose address changes with their content."""
DOCUMENT = "public, max-age=0, s-maxage=60, stale-while-revalidate=60"
"""Pages that are the same for everybody: a shared cache keeps them, and a browser asks each time."""
FRAME = "private, no-store"
"""Pages that a script fills with what is of one person."""
NO_STORE = "no-store"
"""Errors, and a file by an address that is not its own."""


class Rule(NamedTuple):
    """`path_pattern` is of a path without the prefix of language and currency; `*` stands for any characters."""

    path_pattern: str
    cache_control: str
    cached_at_edge: bool


TABLE: tuple[Rule, ...] = (
    Rule("/assets/*", IMMUTABLE, cached_at_edge=True),
    Rule("/theme/*", IMMUTABLE, cached_at_edge=True),
    Rule("/cart", FRAME, cached_at_edge=False),
    Rule("/checkout", FRAME, cached_at_edge=False),
    Rule("/orders", FRAME, cached_at_edge=False),
    Rule("/orders/*", FRAME, cached_at_edge=False),
    Rule("/sign-in", FRAME, cached_at_edge=False),
    Rule("/sign-up", FRAME, cached_at_edge=False),
    Rule("/account", FRAME, cached_at_edge=False),
    Rule("/account/*", FRAME, cached_at_edge=False),
    Rule("*", DOCUMENT, cached_at_edge=True),
)
"""The first rule whose pattern fits counts. An error is never stored, whatever its path."""

VARIANT = "variant"
"""The parameter of a product's page that names the variant to begin with."""
QUERIES = (*filters.NAMES, VARIANT)
"""All parameters by which documents differ: a shared cache keeps one for each of their values, and ignores others."""


def rule_of(path: str) -> Rule:
    """The rule for a path without its prefix."""
    return next(rule for rule in TABLE if fnmatchcase(path, rule.path_pattern))
