"""Addresses of the shop's pages."""

from __future__ import annotations

import re

from catalog.domain.products import is_slug

# Of a page of this shop, without a query: what an address may hold as it is, or as `%` and two digits.
_PLAIN = r"[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}"
PATH = f"^/(?:(?:{_PLAIN})(?:{_PLAIN}|/)*)?$"
LONGEST = 500
PRODUCTS = "/products/"
# What browsers take for `.` and `..`: by it an address would lead to another one than is written.
_DOT = re.compile("%2e", re.IGNORECASE)
_DOTS = {".", ".."}


def plain(path: str) -> str:
    """The path without a slash at its end: both are the same page."""
    return path.rstrip("/") or "/"


def is_exact(path: str) -> bool:
    """Whether no part between slashes is empty, `.` or `..`; a slash may be at the end."""
    parts = path.removeprefix("/").removesuffix("/").split("/")
    return path == "/" or all(part and _DOT.sub(".", part) not in _DOTS for part in parts)


def slug_in(path: str) -> str | None:
    """The slug of a product's page; None: it is the address of another page."""
    slug = path.removeprefix(PRODUCTS)
    return slug if slug != path and is_slug(slug) else None


def page_of(slug: str) -> str:
    """The address of a product's page."""
    return PRODUCTS + slug
