"""Renders pages as HTML documents. Everything that is put into a template is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pages.assets.files import STYLES, Assets
from pages.domain.answers import Category, Heading
from pages.domain.site import name_of
from pages.visit import Page, Visit

_TEMPLATES = Path(__file__).parent / "templates"
# In the order in which they stand below each page.
_POLICIES = ("imprint", "terms", "privacy", "returns", "shipping", "payment")


@dataclass(frozen=True)
class Around:
    """What is around a page: the top of the tree of categories, and the address of the shop's colours."""

    categories: Sequence[Category]
    theme: str


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["script"] = _in_script
    return environment


def prepare() -> None:
    """Compile all templates, so that no visitor waits for it."""
    for name in _environment().list_templates(extensions=["html"]):
        _environment().get_template(name)


def _in_script(document: bytes | dict[str, Any]) -> Markup:
    text = (document if isinstance(document, bytes) else msgspec.json.encode(document)).decode()
    # The one thing that could end the element that it stands in, or begin another.
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704  # nosec B704 -- JSON without "<"


def document(visit: Visit, page: Page, assets: Assets, around: Around) -> bytes:
    """The HTML of a page."""
    name = page.page or visit.place.kind.page
    own = f"/assets/{assets.tree}"
    texts = f"texts/{visit.choice.language[:2]}.json"
    values = {
        "visit": visit,
        "shop": visit.shop,
        "choice": visit.choice,
        "t": visit.t,
        "address": visit.address,
        "price": visit.price,
        "page": page,
        "name": name,
        "own": own,
        "styles": f"{own}/{STYLES}",
        "texts": f"{own}/{texts}" if texts in assets.files and not texts.endswith("/en.json") else "",
        "modules": assets.modules_of(name),
        "around": around,
        "policies": _policies(visit),
        "canonical": visit.whole(visit.place.path) if page.status == 200 else "",
        **_others(visit, page),
        **page.values,
    }
    return _environment().get_template(page.template).render(values).encode()


def _policies(visit: Visit) -> list[Heading]:
    """One of each kind, in the page's language if there is one."""
    found = []
    for kind in _POLICIES:
        texts = [each for each in visit.shop.policies if each.kind == kind]
        fitting = [each for each in texts if each.language == visit.choice.language]
        found += [*fitting, *texts][:1]
    return found


def _others(visit: Visit, page: Page) -> dict[str, list[tuple[str, str, str]]]:
    """The same page in the other languages and currencies: code, name and address of each."""
    here, site = visit.choice, visit.site
    path, query = (visit.place.path, page.query) if page.status == 200 else ("/", "")

    def there(language: str, currency: str) -> str:
        return site.of(language, currency).prefix + path + query

    return {
        "languages": [(each, name_of(each), there(each, here.currency)) for each in site.languages],
        "currencies": [(each, each, there(here.language, each)) for each in site.currencies],
    }
