"""One row to one variant: what it costs, weighs, and how many there are."""

from __future__ import annotations

from catalog.shopify.amounts import BadAmount, parse_grams, parse_price, parse_quantity
from catalog.shopify.codes import is_damaged, is_scientific
from catalog.shopify.media import read_url
from catalog.shopify.model import MAX_BARCODE, MAX_SKU, ImportedVariant
from catalog.shopify.sheet import Row, Sheet
from catalog.shopify.text import digest, flag, quoted, shorten, without_apostrophe


def read_variant(sheet: Sheet, handle: str, row: Row, values: list[str]) -> ImportedVariant | None:
    """The variant with its SKU as given (empty where none is; see skus.assign_skus), or None: the row is refused."""
    price = _price(sheet, handle, row)
    if sheet.report.is_refused(row.number):
        return None
    # What cannot be read is not given: it stays as it is.
    given: set[str] = set()
    tracked, quantity = _stock(sheet, handle, row, given)
    sku = _sku(sheet, handle, row)
    return ImportedVariant(
        sku=sku,
        given_sku=sku,
        sku_derived=False,
        option_values=values,
        price=price,
        compare_at_price=_compare_at(sheet, handle, row, price, given),
        weight_grams=_grams(sheet, handle, row, given),
        barcode=_barcode(sheet, handle, row, given),
        tracked=tracked,
        quantity=quantity,
        backorder=row["policy"].casefold() == "continue" or flag(row["policy"], default=False),
        requires_shipping=_flag(row, "shipping", "requires_shipping", given),
        taxable=_flag(row, "taxable", "taxable", given),
        image_url=_image(sheet, handle, row, given),
        row=row.number,
        given=frozenset(given | ({"price"} if price is not None else set())),
    )


def _flag(row: Row, column: str, name: str, given: set[str]) -> bool:
    """Yes, unless the cell says no. An empty one says nothing."""
    value = flag(row[column], default=True)
    if row[column] and value is flag(row[column], default=False):
        given.add(name)
    return value


def _image(sheet: Sheet, handle: str, row: Row, given: set[str]) -> str | None:
    url = read_url(sheet, handle, row, "variant_image")
    if sheet.column("variant_image") and (url or not row["variant_image"]):
        given.add("image")
    return url


def _price(sheet: Sheet, handle: str, row: Row) -> int | None:
    """None where there is none, or the row is refused since it cannot be read."""
    raw, column = row["price"], sheet.column("price")
    if not raw:
        return None
    try:
        price, note = parse_price(raw, sheet.currency, decimal_comma=sheet.decimal_comma)
    except BadAmount as bad:
        message = f"The price {quoted(raw)} {bad}. Write it like 1234.50 and import again."
        sheet.report.refuse(row.number, bad.code, message, handle=handle, column=column)
        return None
    if note:
        message = f"The price {quoted(raw)} {note}. Check it in the shop."
        sheet.report.change(row.number, "price_changed", message, handle=handle, column=column)
    if price == 0:
        message = "The price is 0: whoever orders this gets it for nothing. Change it in the shop if that is wrong."
        sheet.report.notice(row.number, "price_zero", message, handle=handle, column=column)
    return price


def _compare_at(sheet: Sheet, handle: str, row: Row, price: int | None, given: set[str]) -> int | None:
    raw, column = row["compare_at"], sheet.column("compare_at")
    if sheet.column("compare_at"):
        given.add("compare_at")
    if not raw:
        return None
    try:
        compare_at, _ = parse_price(raw, sheet.currency, decimal_comma=sheet.decimal_comma)
    except BadAmount as bad:
        given.discard("compare_at")
        message = f"The compare-at price {quoted(raw)} {bad}, so it was left out. One that the shop has stays."
        sheet.report.change(row.number, "compare_at_dropped", message, handle=handle, column=column)
        return None
    if compare_at and (price is None or compare_at > price):
        return compare_at
    if compare_at:
        message = f"The compare-at price {quoted(raw)} is not above the price, so none is shown."
        sheet.report.change(row.number, "compare_at_dropped", message, handle=handle, column=column)
    return None


def _grams(sheet: Sheet, handle: str, row: Row, given: set[str]) -> int | None:
    field = "grams" if row["grams"] else "weight"
    raw = row[field]
    if sheet.column("grams") or sheet.column("weight"):
        given.add("weight_grams")
    if not raw:
        return None
    try:
        return parse_grams(raw) if field == "grams" else parse_grams(raw, row["weight_unit"] or "g")
    except BadAmount as bad:
        given.discard("weight_grams")
        message = f"The weight {quoted(raw)} {bad}, so it was left out. Set it in the shop if shipping depends on it."
        sheet.report.change(row.number, bad.code, message, handle=handle, column=sheet.column(field))
        return None


def _stock(sheet: Sheet, handle: str, row: Row, given: set[str]) -> tuple[bool, int | None]:
    """Shopify counts a variant only when its row names a tracker; a file without that column is taken at its word."""
    raw, column = row["quantity"], sheet.column("quantity")
    tracked = bool(row["tracker"]) if sheet.column("tracker") else bool(raw)
    given |= {name for name, said in (("tracked", sheet.column("tracker")), ("backorder", row["policy"])) if said}
    if not tracked:
        if raw:
            message = (
                f"The variant's stock is not tracked in Shopify, so it sells without counting and its quantity {raw} "
                "was left aside. Turn tracking on in the shop to sell only what is there."
            )
            sheet.report.tally("notice", row.number, "stock_not_tracked", message, handle=handle, column=column)
        return False, None
    if not raw:
        message = (
            "The stock is tracked but the file holds no quantity (Shopify leaves it out with several locations), so "
            "that of a new variant starts at 0 and that of another stays. Set it in the shop."
        )
        sheet.report.tally("notice", row.number, "no_quantity", message, handle=handle, column=column)
        return True, 0
    try:
        quantity = parse_quantity(raw)
    except BadAmount as bad:
        message = f"The quantity {quoted(raw)} {bad}; a new variant starts at 0, another keeps its stock. Set it."
        sheet.report.change(row.number, bad.code, message, handle=handle, column=column)
        return True, 0
    given.add("quantity")
    if quantity < 0:
        message = f"The quantity is {quantity}: {-quantity} were oversold. The stock is 0; deliver those first."
        sheet.report.change(row.number, "negative_quantity", message, handle=handle, column=column)
    return True, max(quantity, 0)


def _code(sheet: Sheet, handle: str, row: Row, field: str) -> str:
    """An SKU or barcode without the apostrophe that kept a spreadsheet's fingers off it."""
    code = without_apostrophe(row[field])
    if code != row[field]:
        message = f"The apostrophe before {quoted(code)} was taken away; it only keeps spreadsheets from changing it."
        column = sheet.column(field)
        sheet.report.tally("changed", row.number, "apostrophe", message, handle=handle, column=column)
    return code


def _sku(sheet: Sheet, handle: str, row: Row) -> str:
    sku, column = _code(sheet, handle, row, "sku"), sheet.column("sku")
    if is_scientific(sku) and "+" in sku:
        message = (
            f"A spreadsheet has turned this SKU into {quoted(sku)}, so it was left out: a variant that is here keeps "
            "its own. Format the column as text there, correct it and import again."
        )
        sheet.report.change(row.number, "sku_scientific", message, handle=handle, column=column)
        return ""
    if is_scientific(sku):
        message = f"A spreadsheet may have turned this SKU into {quoted(sku)}. If it did, correct it and import again."
        sheet.report.notice(row.number, "sku_scientific", message, handle=handle, column=column)
    if len(sku) <= MAX_SKU:
        return sku
    cut = f"{shorten(sku, MAX_SKU - 9)}-{digest(sku)}"
    message = f"The SKU is longer than {MAX_SKU} characters and became {cut}."
    sheet.report.change(row.number, "sku_too_long", message, handle=handle, column=column)
    return cut


def _barcode(sheet: Sheet, handle: str, row: Row, given: set[str]) -> str | None:
    barcode, column = _code(sheet, handle, row, "barcode"), sheet.column("barcode")
    if is_damaged(barcode) or len(barcode) > MAX_BARCODE:
        message = (
            f"The barcode {quoted(barcode)} has lost digits in a spreadsheet or is too long, so it was left out: one "
            "that the shop has stays. Export again without saving the file from a spreadsheet, or set it in the shop."
        )
        sheet.report.change(row.number, "barcode_dropped", message, handle=handle, column=column)
        return None
    if column:
        given.add("barcode")
    return barcode or None
