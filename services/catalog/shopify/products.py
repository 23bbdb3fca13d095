"""All rows of one handle to one product."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from catalog.shopify.inventory import sum_locations
from catalog.shopify.media import read_images
from catalog.shopify.model import MAX_LINE, MAX_TAGS, ImportedProduct, ImportedVariant, Status
from catalog.shopify.options import Options, read_options
from catalog.shopify.sanitise import sanitise_html
from catalog.shopify.sheet import OPTION_VALUES
from catalog.shopify.text import flag, quoted, shorten
from catalog.shopify.variants import read_variant

if TYPE_CHECKING:
    from catalog.shopify.sheet import Row, Sheet

# Fields of a product, and the column that says each.
_COLUMNS = {
    "title": "title",
    "description_html": "body",
    "vendor": "vendor",
    "product_type": "type",
    "tags": "tags",
    "status": "status",
    "media": "image",
}


def read_product(sheet: Sheet, handle: str, rows: list[Row]) -> ImportedProduct | None:
    """The product with SKUs as given, or None: it is refused with all its rows.

    rows: in the order of the file, at least one. The first with a title speaks for the product; where there is none,
    the file holds only a part of the product's rows (or has no titles at all), and the first one does.
    """
    lead = next((row for row in rows if row["title"]), rows[0])
    if flag(lead["gift_card"], default=False):
        message = "This is a gift card, which this shop does not sell. Everything else was read."
        sheet.report.refuse(lead.number, "gift_card", message, handle=handle, column=sheet.column("gift_card"))
        _refuse_all(sheet, handle, rows)
        return None
    _remark_on_rows(sheet, handle, lead, rows)
    candidates = sum_locations(sheet, handle, [row for row in rows if row.is_variant()])
    if not candidates and lead.says_of_variant() and (lead["title"] or not lead["image"]):
        candidates = [lead]
    options = read_options(sheet, handle, candidates) if candidates else Options([], (), [], given=False)
    read = [read_variant(sheet, handle, row, values) for row, values in options.places]
    variants = [variant for variant in read if variant]
    _refuse_empty(sheet, handle, lead, rows)
    if (candidates and not variants) or sheet.report.is_refused(lead.number):
        _refuse_all(sheet, handle, rows)
        return None
    return _assemble(sheet, handle, lead, rows, options=options, variants=variants)


def _refuse_empty(sheet: Sheet, handle: str, lead: Row, rows: list[Row]) -> None:
    """Rows that say nothing. In a file without the columns of variants or of images that is as it must be."""
    complete = bool(sheet.column("image")) and any(map(sheet.column, ("price", *OPTION_VALUES)))
    for row in rows:
        if row is lead or row.says_of_variant() or row["image"]:
            continue
        if complete:
            message = "The row holds neither a variant nor an image. Delete it, or fill in what is missing."
            sheet.report.refuse(row.number, "nothing_in_row", message, handle=handle)
        else:
            message = "The row says nothing in the columns that this file has, so nothing was done with it."
            sheet.report.tally("notice", row.number, "nothing_in_row", message, handle=handle)


def _is_whole(sheet: Sheet, handle: str, lead: Row) -> bool:
    """Whether the file holds the product's first row, and so, as exports are, all of them."""
    if sheet.stock_only:
        return False
    if lead["title"]:
        return True
    if sheet.column("title") is None:
        return False
    message = (
        "These rows lack the product's first one, which has the title, so they were taken for a part of it: none of "
        "its other variants and images was retired."
    )
    sheet.report.tally("notice", lead.number, "part_of_product", message, handle=handle, column=sheet.column("title"))
    return False


def _assemble(
    sheet: Sheet, handle: str, lead: Row, rows: list[Row], *, options: Options, variants: list[ImportedVariant]
) -> ImportedProduct:
    images = read_images(sheet, handle, [row for row in rows if not sheet.report.is_refused(row.number)])
    urls = {image.url for image in images}
    description, lost = sanitise_html(lead["body"])
    if lost:
        message = (
            "Parts of the description that this shop does not show (pictures, tables, videos, scripts or styles) were "
            "left out. Look at it in the shop."
        )
        column = sheet.column("body")
        sheet.report.change(lead.number, "description_simplified", message, handle=handle, column=column)
    whole = _is_whole(sheet, handle, lead)
    return ImportedProduct(
        handle=handle,
        title=_line(sheet, handle, lead, "title"),
        description_html=description,
        vendor=_line(sheet, handle, lead, "vendor"),
        product_type=_line(sheet, handle, lead, "type") or _type_of_category(lead["category"]),
        tags=_tags(lead["tags"]),
        status=_status(sheet, handle, lead),
        options=options.names,
        images=images,
        variants=[v if v.image_url in urls else replace(v, image_url=None) for v in variants],
        source_rows=[row.number for row in rows if not sheet.report.is_refused(row.number)],
        given=_given(sheet, lead, options),
        whole=whole,
        hidden=not flag(lead["published"], default=True) and not sheet.stock_only,
        named=options.named,
        row=lead.number,
    )


def _given(sheet: Sheet, lead: Row, options: Options) -> frozenset[str]:
    """What the file says of the product. An empty cell says that there is none, in the product's first row only."""
    given = {"options"} if options.given else set()
    leads = bool(lead["title"]) or sheet.column("title") is None
    if not sheet.stock_only:
        given |= {name for name, column in _COLUMNS.items() if lead[column] or (leads and sheet.column(column))}
        # A product has a title and a status.
        given -= {name for name in ("title", "status") if not lead[name]}
    return frozenset(given)


def _remark_on_rows(sheet: Sheet, handle: str, lead: Row, rows: list[Row]) -> None:
    if lead is not rows[0]:
        message = f"The product's first row has no title; title and description were taken from row {lead.number}."
        sheet.report.change(rows[0].number, "title_later", message, handle=handle, column=sheet.column("title"))
    gap = next((b for a, b in pairwise(rows) if b.number > a.number + 1), None)
    if gap:
        message = "The product's rows do not stand together in the file; they were joined by their handle."
        sheet.report.notice(gap.number, "rows_apart", message, handle=handle, column=sheet.column("handle"))
    for row in rows:
        if row["title"] not in {"", lead["title"]}:
            message = (
                f"The title {quoted(row['title'])} was left aside: the handle already is {quoted(lead['title'])} "
                f"in row {lead.number}. If it is another product, give it its own handle and import again."
            )
            column = sheet.column("title")
            sheet.report.change(row.number, "title_differs", message, handle=handle, column=column)


def _refuse_all(sheet: Sheet, handle: str, rows: list[Row]) -> None:
    """Rows that have a reason of their own keep it."""
    first = next((row.number for row in rows if sheet.report.is_refused(row.number)), rows[0].number)
    for row in rows:
        message = f"The row was left out with its product; see row {first}."
        sheet.report.refuse(row.number, "product_refused", message, handle=handle)


def _line(sheet: Sheet, handle: str, lead: Row, field: str) -> str:
    text = shorten(lead[field], MAX_LINE)
    if text != lead[field]:
        message = f"The text is longer than {MAX_LINE} characters and was cut. Shorten it in the shop."
        sheet.report.change(lead.number, "text_cut", message, handle=handle, column=sheet.column(field))
    return text


def _tags(raw: str) -> list[str]:
    """In the file's order, each once whatever its case."""
    tags: dict[str, str] = {}
    for tag in raw.split(","):
        text = shorten(tag.strip(), MAX_LINE)
        if text:
            tags.setdefault(text.casefold(), text)
    return list(tags.values())[:MAX_TAGS]


def _type_of_category(category: str) -> str:
    """The last part of Shopify's "Apparel & Accessories > Jewelry > Bracelets"."""
    return shorten(category.rpartition(">")[2].strip(), MAX_LINE) if ">" in category else ""


def _status(sheet: Sheet, handle: str, lead: Row) -> Status:
    """Active only where Shopify shows it in the online store; both columns empty mean that it does."""
    written = lead["status"].casefold()
    published = flag(lead["published"], default=True)
    if written == "archived":
        return "archived"
    if written == "draft":
        return "draft"
    if written not in {"", "active"}:
        message = f"The status {quoted(written)} is not known here, so the product is a draft. Set it in the shop."
        sheet.report.change(lead.number, "unknown_status", message, handle=handle, column=sheet.column("status"))
        return "draft"
    if written == "active" and not published:
        message = "The product is active in Shopify but hidden from the online store, so it is a draft here."
        column = sheet.column("published")
        sheet.report.change(lead.number, "not_published", message, handle=handle, column=column)
    return "active" if published else "draft"
