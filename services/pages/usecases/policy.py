"""A text of the shop: who it is, its terms, how to send something back."""

from __future__ import annotations

from chassis.problems import Invalid, NotFound
from pages.domain import descriptions, markdown, prices
from pages.domain.answers import Policy
from pages.domain.site import locale_of
from pages.provider.reads import Read
from pages.visit import Page, Visit

SECONDS = 5.0


async def policy(visit: Visit) -> Page:
    """One text, in the page's language if there is one. Raises NotFound."""
    path = f"/api/v1/shop/policies/{visit.place.params['kind']}"
    read = Read("shop", path, {"language": visit.choice.language}, SECONDS)
    try:
        found = await visit.reads.get(read, Policy)
    except Invalid:
        # A kind that there is not is refused, one without a text is not found: for a reader it is the same.
        raise NotFound from None
    body = markdown.written(found.body)
    values = {
        "policy": found,
        "body": body,
        "since": prices.day(found.updated_at, locale_of(found.language)),
    }
    return Page("policy.html", found.title, values, description=descriptions.plain(body) or found.title)
