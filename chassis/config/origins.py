"""The origins of CORS_ORIGINS: what a browser calls the site that a page comes from."""

from __future__ import annotations

import re

ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9-]+(\.[a-z0-9-]+)*)(:[0-9]{1,5})?")


def parse(value: object) -> object:
    """A list of exact origins, out of one text with commas.

    Raises:
        ValueError: one is none: an origin has no path, no wildcard, and its name is in lower case.
    """
    if not isinstance(value, str):
        return value
    found = [part.strip() for part in value.split(",") if part.strip()]
    for origin in found:
        if not ORIGIN.fullmatch(origin):
            raise ValueError("an origin is https://name or https://name:port, without a path and without a wildcard")
    return found
