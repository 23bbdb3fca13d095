"""Image addresses of a product. Nothing is fetched: whether they can be reached is the fetcher's business."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from catalog.shopify.model import MAX_ALT, MAX_IMAGES, MAX_URL, ImportedImage
from catalog.shopify.text import quoted, shorten

if TYPE_CHECKING:
    from catalog.shopify.sheet import Row, Sheet

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


def read_images(sheet: Sheet, handle: str, rows: list[Row]) -> list[ImportedImage]:
    """The product's images in the order of their positions, each address once, then those only variants name."""
    found: list[tuple[int, int, str, str]] = []
    for order, row in enumerate(rows):
        url = read_url(sheet, handle, row, "image")
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
        message = f"The product has {len(alts)} images; the first {MAX_IMAGES} were taken."
        sheet.report.change(rows[0].number, "too_many_images", message, handle=handle)
    taken = list(alts.items())[:MAX_IMAGES]
    said = sheet.column("image_alt") is not None
    return [ImportedImage(url, n, alt if said else None) for n, (url, alt) in enumerate(taken, start=1)]


def read_url(sheet: Sheet, handle: str, row: Row, field: str) -> str | None:
    """The address in a cell; a bad one is reported, and refuses a row that holds nothing else."""
    raw = row[field]
    if not raw:
        return None
    url = clean_url(raw)
    if url is None:
        message = f"The image address {quoted(raw)} is not a web address (https://...), so the image was left out."
        say = sheet.report.refuse if row.is_image_only() else sheet.report.change
        say(row.number, "bad_image_url", message, handle=handle, column=sheet.column(field))
    return url
