"""Reads a product from all rows with its handle."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from catalog.domain.products import TAX_CLASS
from catalog.importing.model import MediaDraft, ProductDraft, VariantDraft
from catalog.importing.shopify.descriptions import sanitise_html
from catalog.importing.shopify.export import MAX_LINE, MAX_TAGS
from catalog.importing.shopify.guards import split
from catalog.importing.shopify.images import read_images
from catalog.importing.shopify.inventory import sum_locations
from catalog.importing.shopify.options import Options, read_options
from catalog.importing.shopify.rows import OPTION_VALUES, Row
from catalog.importing.shopify.text import flag, quoted, shorten
from catalog.importing.shopify.variants import read_variant

# Fields of a product, and the column that says each.
_COLUMNS = {
    "title": "title",
    "description_html": "body",
    "vendor": "vendor",
    "product_type": "type",
    "tags": "tags",
    "tax_class": "tax_class",
    "status": "status",
    "media": "image",
}


def read_product(rows: list[Row]) -> ProductDraft | None:
    """The product, or None: it is refused with all its rows.

    rows: in the order of the file, at least one. The first with a title gives the product's own fields; where there is
    none, the file has only a part of the product's rows (or no titles at all), and the first row gives them.
    """
    lead = next((row for row in rows if row["title"]), rows[0])
    if flag(lead["gift_card"], default=False):
        message = "The product is a gift card, which this shop does not sell, so it was not imported."
        lead.refuse("gift_card", message, "gift_card")
        _refuse_all(rows)
        return None
    _remark_on_rows(lead, rows)
    _drop_unknown_class(lead)
    candidates = sum_locations([row for row in rows if row.is_variant()])
    if not candidates and lead.describes_variant() and (lead["title"] or not lead["image"]):
        candidates = [lead]
    options = read_options(candidates)
    read = [read_variant(row, values) for row, values in options.places]
    variants = [variant for variant in read if variant]
    _refuse_empty(lead, rows)
    if (candidates and not variants) or lead.is_refused:
        _refuse_all(rows)
        return None
    media = read_images([row for row in rows if not row.is_refused])
    return _assemble(lead, rows, options, variants, media)


def _refuse_empty(lead: Row, rows: list[Row]) -> None:
    """Refuse rows without values; in a file without columns of variants or images they are only reported."""
    complete = bool(lead.column("image")) and any(map(lead.column, ("price", *OPTION_VALUES)))
    for row in rows:
        if row is lead or row.describes_variant() or row["image"]:
            continue
        if complete:
            message = "The row has neither a variant nor an image. Delete it, or fill in what is missing."
            row.refuse("nothing_in_row", message)
        else:
            message = "The row has no values in the columns of this file, so it changed nothing."
            row.tally("notice", "nothing_in_row", message)


def _assemble(
    lead: Row, rows: list[Row], options: Options, variants: list[VariantDraft], media: list[MediaDraft]
) -> ProductDraft:
    urls = {image.source_url for image in media}
    description, lost = sanitise_html(lead["body"])
    if lost:
        message = (
            "Parts of the description that this shop does not show (pictures, tables, videos, scripts or styles) were "
            "removed. Check it in the shop."
        )
        lead.change("description_simplified", message, "body")
    return ProductDraft(
        slug=lead.handle,
        description_html=description,
        whole=_is_whole(lead),
        title=_line(lead, "title"),
        vendor=_line(lead, "vendor"),
        product_type=_line(lead, "type") or _type_of_category(lead["category"]),
        tags=_tags(lead),
        tax_class=lead["tax_class"] or "standard",
        status=_status(lead),
        options=options.names,
        media=tuple(media),
        variants=tuple(v if v.image in urls else replace(v, image=None) for v in variants),
        hidden=not flag(lead["published"], default=True) and not lead.sheet.header.stock_only,
        named=options.named,
        rows=(lead.number, *(row.number for row in rows if row is not lead and not row.is_refused)),
        given=_given(lead, options),
        slug_made=not any(row["handle"] for row in rows),
    )


def _is_whole(lead: Row) -> bool:
    """Whether the file has the product's first row: exports then have all rows."""
    if lead.sheet.header.stock_only:
        return False
    if lead["title"]:
        return True
    if lead.column("title") is None:
        return False
    message = (
        "The product's first row, which has the title, is not in the file. So these rows were imported as a part of "
        "it: its other variants and images were not changed."
    )
    lead.tally("notice", "part_of_product", message, "title")
    return False


def _given(lead: Row, options: Options) -> frozenset[str]:
    """What the file says of the product. An empty cell says that there is none, in the product's first row only."""
    given = {"options"} if options.given else set()
    leads = bool(lead["title"]) or lead.column("title") is None
    if not lead.sheet.header.stock_only:
        given |= {name for name, column in _COLUMNS.items() if lead[column] or (leads and lead.column(column))}
        # A product has a title, a status and a tax class.
        given -= {name for name in ("title", "status", "tax_class") if not lead[name]}
    return frozenset(given)


def _remark_on_rows(lead: Row, rows: list[Row]) -> None:
    if lead is not rows[0]:
        message = f"The product's first row has no title; title and description are from row {lead.number}."
        rows[0].change("title_later", message, "title")
    gap = next((b for a, b in pairwise(rows) if b.number > a.number + 1), None)
    if gap:
        message = "The product's rows are not next to each other in the file; they were joined by their handle."
        gap.notice("rows_apart", message, "handle")
    for row in rows:
        if row["title"] not in {"", lead["title"]}:
            message = (
                f"The title {quoted(row['title'])} was ignored: the handle belongs to {quoted(lead['title'])} "
                f"in row {lead.number}. If this is another product, give it another handle and import again."
            )
            row.change("title_differs", message, "title")


def _refuse_all(rows: list[Row]) -> None:
    """Refuse all rows; those that are refused already keep their reason."""
    first = next((row.number for row in rows if row.is_refused), rows[0].number)
    for row in rows:
        row.refuse("product_refused", f"Its product was refused, see row {first}.")


def _line(lead: Row, field: str) -> str:
    text = shorten(lead[field], MAX_LINE)
    if text != lead[field]:
        message = f"The text is longer than {MAX_LINE} characters and was cut. Check it in the shop."
        lead.change("text_cut", message, field)
    return text


def _drop_unknown_class(lead: Row) -> None:
    if lead["tax_class"] and not re.fullmatch(TAX_CLASS, lead["tax_class"]):
        message = (
            f"The tax class {quoted(lead['tax_class'])} is none: it has a-z, 0-9 and hyphens. A product that is here "
            "keeps its own, a new one gets \u201cstandard\u201d."
        )
        lead.change("bad_tax_class", message, "tax_class")
        del lead.cells["tax_class"]


def _tags(lead: Row) -> tuple[str, ...]:
    """In the file's order, each once whatever its case."""
    if lead.sheet.header.own:
        return tuple(shorten(tag, MAX_LINE) for tag in split(lead["tags"]))[:MAX_TAGS]
    tags: dict[str, str] = {}
    for tag in lead["tags"].split(","):
        text = shorten(tag.strip(), MAX_LINE)
        if text:
            tags.setdefault(text.casefold(), text)
    return tuple(tags.values())[:MAX_TAGS]


def _type_of_category(category: str) -> str:
    """The last part of Shopify's "Apparel & Accessories > Jewelry > Bracelets"."""
    return shorten(category.rpartition(">")[2].strip(), MAX_LINE) if ">" in category else ""


def _status(lead: Row) -> str:
    """Active only where Shopify shows it in the online store; both columns empty mean that it does."""
    written = lead["status"].casefold()
    published = flag(lead["published"], default=True)
    if written in {"archived", "draft"}:
        return written
    if written not in {"", "active"}:
        message = f"The status {quoted(written)} is not known, so the product is a draft. Set it in the shop."
        lead.change("unknown_status", message, "status")
        return "draft"
    if written == "active" and not published:
        message = "The product is active in Shopify but hidden from the online store, so it is a draft here."
        lead.change("not_published", message, "published")
    return "active" if published else "draft"
