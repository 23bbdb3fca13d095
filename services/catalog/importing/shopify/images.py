"""Reads the image URLs of a product. They are not fetched here."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from catalog.importing.model import MediaDraft
from catalog.importing.shopify.export import MAX_ALT, MAX_IMAGES, MAX_URL
from catalog.importing.shopify.rows import Row
from catalog.importing.shopify.text import quoted, shorten

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>"\\^`{|}\s]')


def clean_url(raw: str) -> str | None:
    """An absolute http(s) address without credentials, spaces encoded; None when it is none."""
    url = raw.replace(" ", "%20")
    if url.startswith("//"):
        url = f"https:{url}"
    if len(url) > MAX_URL or _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return url if usable and "@" not in parts.netloc else None


def read_images(rows: list[Row]) -> list[MediaDraft]:
    """The product's images in the order of their positions, each address once, then those only variants name."""
    found: list[tuple[int, int, str, str]] = []
    for order, row in enumerate(rows):
        url = read_url(row, "image")
        if url:
            position = row["image_position"].partition(".")[0]
            rank = int(position) if position.isdecimal() and len(position) < 9 else 10**9
            found.append((rank, order, url, shorten(row["image_alt"], MAX_ALT)))
    found.sort()
    for row in rows:
        url = clean_url(row["variant_image"]) if row["variant_image"] else None
        if url:
            found.append((10**9, 0, url, ""))
    alts: dict[str, str] = {}
    for _, _, url, alt in found:
        alts[url] = alts.get(url) or alt
    if len(alts) > MAX_IMAGES:
        message = f"The product has {len(alts)} images; only the first {MAX_IMAGES} were imported."
        rows[0].change("too_many_images", message)
    said = bool(rows) and rows[0].column("image_alt") is not None
    return [MediaDraft(url, alt=alt if said else None) for url, alt in list(alts.items())[:MAX_IMAGES]]


def read_url(row: Row, field: str) -> str | None:
    """The URL in a cell; an invalid one is reported, and refuses a row without other values."""
    raw = row[field]
    if not raw:
        return None
    url = clean_url(raw)
    if url is None:
        message = f"The image address {quoted(raw)} is not a web address (https://...), so the image was ignored."
        say = row.refuse if row.is_image_only() else row.change
        say("bad_image_url", message, field)
    return url
