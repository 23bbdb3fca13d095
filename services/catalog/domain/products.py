"""Slugs of products, and titles of variants."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


def variant_title(option_values: Sequence[str]) -> str:
    """What tells a variant from its siblings, for people: "30 x 40 cm / Oak"; empty for a product without a choice."""
    return " / ".join(option_values)


def is_slug(text: str) -> bool:
    """Whether a product can have this slug."""
    return len(text) <= 200 and _SLUG.fullmatch(text) is not None
