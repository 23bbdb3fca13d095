"""Which page is at an address, in which language and currency."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urljoin

from pages.domain.site import Choice, Site

LONGEST = 1_000
_PARTS = {
    "slug": r"(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)",
    "path": r"(?P<path>[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*){0,9})",
    "id": r"(?P<id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})",
    "kind": r"(?P<kind>[a-z]{1,40})",
}
_PART = re.compile(r"\{(\w+)\}")
# What serves programs: an address there that is not found is answered for programs.
_OF_PROGRAMS = frozenset(["api", "internal", "health", "metrics", "webhooks", ".well-known"])


class Kind(NamedTuple):
    """A kind of page: its name, the template of its addresses, by which it is measured, and what fits them."""

    page: str
    path: str
    pattern: re.Pattern[str]


def _kind(page: str, path: str) -> Kind:
    return Kind(page, path, re.compile(_PART.sub(lambda part: _PARTS[part[1]], path)))


KINDS = tuple(
    _kind(page, path)
    for page, path in {
        "home": "/",
        "shelf": "/products",
        "search": "/search",
        "product": "/products/{slug}",
        "collections": "/collections",
        "collection": "/collections/{slug}",
        "category": "/categories/{path}",
        "policy": "/policies/{kind}",
        "cart": "/cart",
        "checkout": "/checkout",
        "orders": "/orders",
        "find_order": "/orders/find",
        "order": "/orders/{id}",
        "pay": "/orders/{id}/pay",
        "return": "/orders/{id}/return",
        "sign_in": "/sign-in",
        "sign_up": "/sign-up",
        "account": "/account",
        "confirm": "/account/confirm",
        "forgotten": "/account/forgotten",
        "reset": "/account/reset",
        "email": "/account/email",
        "take_back": "/account/take-back",
        "invitation": "/account/invitation",
    }.items()
)
MISSING = Kind("missing", "unmatched", re.compile("(?!)"))
"""No page of ours is at the address."""


class Place(NamedTuple):
    """The page at an address. `path` is without the prefix; `canonical` says whether the address is the one to use."""

    kind: Kind
    params: dict[str, str]
    choice: Choice
    path: str
    canonical: bool

    @property
    def address(self) -> str:
        """The address to use."""
        return self.choice.prefix + self.path


def of_programs(path: str) -> bool:
    """Whether an address is below one that serves programs, not people."""
    return path.lstrip("/").partition("/")[0] in _OF_PROGRAMS


def find(path: str, site: Site) -> Place:
    """The page at a path, which is not encoded any more."""
    if len(path) > LONGEST or not path.startswith("/"):
        return Place(MISSING, {}, site.default, "/", canonical=True)
    first, _, more = path[1:].partition("/")
    choice = site.prefixes.get(first.lower())
    rest = path if choice is None else f"/{more}"
    choice = choice or site.default
    plain = rest.removesuffix("/") or "/"
    for kind in KINDS:
        match = kind.pattern.fullmatch(plain)
        if match:
            # What fits holds nothing that is written otherwise in an address, nor an empty part.
            return Place(kind, match.groupdict(), choice, plain, canonical=choice.prefix + plain == path)
    return Place(MISSING, {}, choice, rest, canonical=True)


def whole(base: str, url: str) -> str:
    """The whole address of a file: of the shop's own at `base`, or of one elsewhere."""
    return urljoin(base, url)


def names_choice(path: str) -> bool:
    """Whether the first part of a path looks like a language, or one with a currency."""
    return re.match(r"/[a-z]{2}(-[a-z]{2})?(-[a-z]{3})?(/|$)", path) is not None
