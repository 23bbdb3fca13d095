"""Reads a variant from one row: price, weight, stock."""

from __future__ import annotations

from catalog.importing.model import VariantDraft
from catalog.importing.shopify.amounts import BadAmount, parse_grams, parse_price, parse_quantity, with_point
from catalog.importing.shopify.codes import is_damaged, is_scientific
from catalog.importing.shopify.export import MAX_BARCODE, MAX_SKU
from catalog.importing.shopify.images import read_url
from catalog.importing.shopify.inventory import sum_locations
from catalog.importing.shopify.rows import Row
from catalog.importing.shopify.text import digest, flag, quoted, shorten, without_apostrophe


def read_lines(rows: list[Row]) -> list[VariantDraft]:
    """The variants of a file that names no products, each with an SKU. Refuses a second row of an SKU, but for other
    locations.
    """
    seen: dict[str, int] = {}
    found = []
    for row in sum_locations(rows):
        if seen.setdefault(row["sku"], row.number) != row.number:
            message = f"Row {seen[row['sku']]} already has the SKU {quoted(row['sku'])}. Delete one of the two rows."
            row.refuse("duplicate_sku", message, "sku")
        elif (variant := read_variant(row, ())) and not variant.sku:
            message = (
                "The SKU has lost digits in a spreadsheet. Format the column as text, correct it and import again."
            )
            row.refuse("no_sku", message, "sku")
        elif variant:
            found.append(variant)
    return found


def read_variant(row: Row, values: tuple[str, ...]) -> VariantDraft | None:
    """The variant with its SKU as given (see skus.derive_skus for one that has none), or None: the row is refused."""
    price = _price(row)
    if row.is_refused:
        return None
    # A value that cannot be read is not given: the stored one stays.
    given: set[str] = set() if price is None else {"price"}
    tracked, quantity = _stock(row, given)
    return VariantDraft(
        sku=_sku(row),
        option_values=values,
        price=price,
        compare_at=_compare_at(row, price, given),
        weight_grams=_grams(row, given),
        barcode=_barcode(row, given),
        tracked=tracked,
        quantity=quantity,
        backorder=_backorder(row),
        requires_shipping=_flag(row, "shipping", "requires_shipping", given),
        taxable=_flag(row, "taxable", "taxable", given),
        image=_image(row, given),
        row=row.number,
        given=frozenset(given),
    )


def _backorder(row: Row) -> bool:
    return row["policy"].casefold() == "continue" or flag(row["policy"], default=False)


def _flag(row: Row, column: str, name: str, given: set[str]) -> bool:
    """False if the cell says no, else true; an empty cell gives no value."""
    value = flag(row[column], default=True)
    if row[column] and value is flag(row[column], default=False):
        given.add(name)
    return value


def _image(row: Row, given: set[str]) -> str | None:
    url = read_url(row, "variant_image")
    if row.column("variant_image") and (url or not row["variant_image"]):
        given.add("image")
    return url


def _price(row: Row) -> int | None:
    """The price in minor units; None: there is none, or it cannot be read and the row is refused."""
    raw = row["price"]
    if not raw:
        return None
    try:
        price, note = _amount(row, raw)
    except BadAmount as bad:
        row.refuse(bad.code, f"The price {quoted(raw)} {bad}. Write it like 1234.50 and import again.", "price")
        return None
    if note:
        row.change("price_changed", f"The price {quoted(raw)} {note}. Check it in the shop.", "price")
    if price == 0:
        message = "The price is 0: the variant is free. Change it in the shop if that is wrong."
        row.notice("price_zero", message, "price")
    return price


def _amount(row: Row, raw: str) -> tuple[int, str | None]:
    sheet = row.sheet
    said = sheet.decimal is not None
    plain = with_point(raw, sheet.decimal)
    return parse_price(plain, sheet.currency, decimal_comma=sheet.decimal_comma and not said)


def _compare_at(row: Row, price: int | None, given: set[str]) -> int | None:
    raw = row["compare_at"]
    if row.column("compare_at"):
        given.add("compare_at")
    if not raw:
        return None
    try:
        compare_at, _ = _amount(row, raw)
    except BadAmount as bad:
        given.discard("compare_at")
        message = f"The compare-at price {quoted(raw)} {bad}, so it was ignored. One that the shop has was kept."
        row.change("compare_at_dropped", message, "compare_at")
        return None
    if compare_at and (price is None or compare_at > price):
        return compare_at
    if compare_at:
        message = (
            f"The compare-at price {quoted(raw)} is not above the price, so none is shown. Correct one of the two."
        )
        row.change("compare_at_dropped", message, "compare_at")
    return None


def _grams(row: Row, given: set[str]) -> int | None:
    field = "grams" if row["grams"] else "weight"
    raw = row[field]
    if row.column("grams") or row.column("weight"):
        given.add("weight_grams")
    if not raw:
        return None
    try:
        return parse_grams(raw) if field == "grams" else parse_grams(raw, row["weight_unit"] or "g")
    except BadAmount as bad:
        given.discard("weight_grams")
        message = f"The weight {quoted(raw)} {bad}, so it was ignored. Set it in the shop if shipping depends on it."
        row.change(bad.code, message, field)
        return None


def _stock(row: Row, given: set[str]) -> tuple[bool, int | None]:
    """Shopify counts a variant only when its row names a tracker; without that column, where it gives a quantity."""
    raw = row["quantity"]
    tracked = bool(row["tracker"]) if row.column("tracker") else bool(raw)
    given |= {name for name, said in (("tracked", row.column("tracker")), ("backorder", row["policy"])) if said}
    if not tracked:
        if raw:
            message = (
                f"Shopify does not track the stock of the variant, so it can always be sold and its quantity {raw} was "
                "ignored. Turn tracking on in the shop to sell only what is in stock."
            )
            row.tally("notice", "stock_not_tracked", message, "quantity")
        return False, None
    if not raw:
        message = (
            "The stock is tracked, but the file has no quantity (Shopify exports none with several locations). A new "
            "variant starts with 0, an existing one keeps its stock. Set it in the shop."
        )
        row.tally("notice", "no_quantity", message, "quantity")
        return True, 0
    try:
        quantity = parse_quantity(raw)
    except BadAmount as bad:
        message = (
            f"The quantity {quoted(raw)} {bad}. A new variant starts with 0, an existing one keeps its stock. Set it."
        )
        row.change(bad.code, message, "quantity")
        return True, 0
    given.add("quantity")
    if quantity < 0 and row.sheet.header.own and _backorder(row):
        return True, quantity
    if quantity < 0:
        message = f"The quantity is {quantity}: {-quantity} were oversold. The stock is 0. Deliver those orders first."
        row.change("negative_quantity", message, "quantity")
    return True, max(quantity, 0)


def _code(row: Row, field: str) -> str:
    """An SKU or barcode without the apostrophe before it, which makes a spreadsheet keep it as text."""
    if row.sheet.header.own:
        return row[field]
    code = without_apostrophe(row[field])
    if code != row[field]:
        message = f"The apostrophe before {quoted(code)} was removed: it only tells spreadsheets that this is text."
        row.tally("changed", "apostrophe", message, field)
    return code


def _sku(row: Row) -> str:
    sku = _code(row, "sku")
    if "sku" in row.guarded:
        return sku
    if is_scientific(sku) and "+" in sku:
        message = (
            f"A spreadsheet has changed this SKU to {quoted(sku)}, so it was ignored: an existing variant keeps its "
            "own. Format the column as text, correct it and import again."
        )
        row.change("sku_scientific", message, "sku")
        return ""
    if is_scientific(sku):
        message = f"A spreadsheet may have changed this SKU to {quoted(sku)}. If so, correct it and import again."
        row.notice("sku_scientific", message, "sku")
    if len(sku) <= MAX_SKU:
        return sku
    cut = f"{shorten(sku, MAX_SKU - 9)}-{digest(sku)}"
    row.change("sku_too_long", f"The SKU is longer than {MAX_SKU} characters and was changed to {cut}.", "sku")
    return cut


def _barcode(row: Row, given: set[str]) -> str | None:
    barcode = _code(row, "barcode")
    if (is_damaged(barcode) and "barcode" not in row.guarded) or len(barcode) > MAX_BARCODE:
        message = (
            f"The barcode {quoted(barcode)} has lost digits in a spreadsheet or is too long, so it was ignored; the "
            "one in the shop is unchanged. Export again without saving in a spreadsheet, or set it in the shop."
        )
        row.change("barcode_dropped", message, "barcode")
        return None
    if row.column("barcode"):
        given.add("barcode")
    return barcode or None
