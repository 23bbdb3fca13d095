"""What search engines read of a page, as schema.org says, in JSON-LD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from chassis.values import Money
from pages.caching import VARIANT
from pages.domain.answers import Product, Shop, Variant
from pages.domain.prices import decimal

_CONTEXT = {"@context": "https://schema.org"}


def organisation(shop: Shop, home: str) -> dict[str, Any]:
    """Who the shop is."""
    logo = {"logo": shop.logo_url} if shop.logo_url else {}
    return {**_CONTEXT, "@type": "Organization", "name": shop.name, "url": home, **logo}


def trail(steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The way to a page: name and whole address of each step."""
    listed = [
        {"@type": "ListItem", "position": place, "name": name, "item": address}
        for place, (name, address) in enumerate(steps, start=1)
    ]
    return {**_CONTEXT, "@type": "BreadcrumbList", "itemListElement": listed}


def product(found: Product, described: str, address: str, images: Sequence[str]) -> dict[str, Any]:
    """A product with what is offered of it; nothing where nothing is: without an offer it is no product to them."""
    offers = [
        _offer(each, each.price, f"{address}?{urlencode({VARIANT: each.sku})}" if found.variants[1:] else address)
        for each in found.variants
        if each.price is not None
    ]
    if not offers:
        return {}
    document = {
        **_CONTEXT,
        "@type": "Product",
        "name": found.title,
        "url": address,
        "description": described,
        "brand": {"@type": "Brand", "name": found.vendor} if found.vendor else None,
        "image": list(images),
        "offers": offers,
    }
    return {name: value for name, value in document.items() if value}


def _offer(variant: Variant, price: Money, address: str) -> dict[str, Any]:
    offer: dict[str, Any] = {
        "@type": "Offer",
        "sku": variant.sku,
        "url": address,
        "price": decimal(price),
        "priceCurrency": price.currency,
        "availability": f"https://schema.org/{'InStock' if variant.in_stock else 'OutOfStock'}",
    }
    if variant.compare_at and variant.compare_at.amount > price.amount:
        before = {"price": decimal(variant.compare_at), "priceCurrency": variant.compare_at.currency}
        kind = {"@type": "UnitPriceSpecification", "priceType": "https://schema.org/StrikethroughPrice"}
        offer["priceSpecification"] = {**kind, **before}
    return offer
