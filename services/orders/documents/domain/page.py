"""A document as texts in a language, ready to be drawn: what stands where, and nothing left to compute."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from chassis.values import exponent
from orders.documents.domain.content import Content, Party
from orders.documents.domain.rows import DocumentLine, TaxSum
from orders.documents.domain.words import WORDS
from orders.locales import day, money, number, percent

# Of a text that somebody typed: a title has less, and nobody reads more.
LONGEST = 400
# Why nobody owes the shop a tax: the law wants it to be said.
REASONS = ("intra_community", "reverse_charge", "export", "outside", "exempt")
_TOTALS = {"invoice": "total", "credit_note": "credit_total", "reversal": "reversal_total"}


class Column(msgspec.Struct, frozen=True):
    """A column of the table; `width` in millimetres, 0: what the others leave. Numbers stand at the right."""

    title: str
    width: int = 0
    right: bool = False


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """All texts of a document. A cell's second line is smaller. `pages`: with {page} and {pages}."""

    title: str
    author: str
    language: str
    day: str
    sender: list[str]
    recipient: list[str]
    facts: list[tuple[str, str]]
    columns: list[Column]
    rows: list[list[str]]
    sums: list[tuple[str, str]]
    notes: list[str]
    footer: list[str]
    pages: str


def shown(text: str) -> str:
    """Typed text on one line, without what is not seen: control signs, marks of direction, half characters."""
    spaced = (" " if letter.isspace() else letter for letter in unicodedata.normalize("NFC", text[: 4 * LONGEST]))
    seen = "".join(letter for letter in spaced if unicodedata.category(letter)[0] != "C")
    short = " ".join(seen.split(" ")).strip()
    return short if len(short) <= LONGEST else short[: LONGEST - 1] + "…"


def page_of(content: Content, printed_number: str, issued_on: date, language: str, time_zone: str) -> Page:
    """An invoice or a credit note as it is drawn."""
    words = WORDS[language]
    columns, rows = _table(content, language)
    return Page(
        title=f"{words[content.kind]} {printed_number}",
        author=shown(content.seller.lines[0]),
        language=language,
        day=issued_on.isoformat(),
        sender=shown_lines(content.seller.lines),
        recipient=_recipient(content.buyer),
        facts=_facts(content, issued_on, language, time_zone),
        columns=columns,
        rows=rows,
        sums=_sums(content, language),
        notes=_notes(content, language),
        footer=footer(content.seller, language),
        pages=words["page"],
    )


def shown_lines(lines: Iterable[str]) -> list[str]:
    """The lines of an address that say anything."""
    return [line for line in map(shown, lines) if line]


def footer(seller: Party, language: str) -> list[str]:
    """Who sells, in a line or two at the foot of each page."""
    vat = f"{WORDS[language]['vat_id']} {shown(seller.vat_id)}" if seller.vat_id else ""
    return shown_lines([" · ".join(shown_lines(seller.lines)), " · ".join(shown_lines([vat, seller.contact or ""]))])


def _recipient(party: Party) -> list[str]:
    return shown_lines([*party.lines, party.country or ""])  # debt(country-codes): its code, not its name


def _facts(content: Content, issued_on: date, language: str, time_zone: str) -> list[tuple[str, str]]:
    words = WORDS[language]
    paid = day(content.paid_at, language, time_zone) if content.paid_at else ""
    facts = [
        (words["date"], day(issued_on, language)),
        (words["of_note" if content.kind == "reversal" else "of_invoice"], content.invoice_number or ""),
        (words["order"], content.order_number),
        (words["ordered"], day(content.ordered_at, language, time_zone)),
        (words["paid"], paid),
        (words["your_vat_id"], shown(content.buyer.vat_id or "")),
    ]
    if content.ship_to is not None:
        facts.append((words["ship_to"], ", ".join(_recipient(content.ship_to))))
    return [(name, value) for name, value in facts if value]


def _table(content: Content, language: str) -> tuple[list[Column], list[list[str]]]:
    """Columns in which no line has anything are left out."""
    words, every = WORDS[language], content.rows
    places = exponent(content.currency)

    def amount(value: int | None) -> str:
        return "" if value is None else number(value, places, language)

    def less(value: int) -> str:
        return amount(-value) if value else ""

    def title(line: DocumentLine) -> str:
        named = shown(line.title)
        if any(line is each for each in content.shipped):
            named = f"{words['shipping']}: {named}" if named else words["shipping"]
        return f"{named or words['beside']}\n{shown(line.sku)}".strip()

    wanted: list[tuple[Column, Any]] = [
        (Column("", 7), lambda line: str(line.position)),
        (Column(words["article"]), title),
        (Column(words["quantity"], 11, right=True), lambda line: "" if line.unit_price is None else str(line.quantity)),
        (Column(words["unit_price"], 19, right=True), lambda line: amount(line.unit_price)),
        (Column(words["discount"], 17, right=True), lambda line: less(line.discount)),
        (Column(words["relief"], 17, right=True), lambda line: less(line.relief)),
        (Column(words["net"], 19, right=True), lambda line: amount(line.net)),
        (Column(words["rate"], 16, right=True), lambda line: percent(line.rate, language)),
        (Column(words["tax"], 17, right=True), lambda line: amount(line.tax)),
        (Column(words["gross"], 20, right=True), lambda line: amount(line.gross)),
    ]
    kept = [(column, [cell(line) for line in every]) for column, cell in wanted]
    kept = [(column, cells) for column, cells in kept if any(cells)]
    return [column for column, _ in kept], [list(row) for row in zip(*(cells for _, cells in kept), strict=True)]


def _sums(content: Content, language: str) -> list[tuple[str, str]]:
    """The last one is the total."""
    words = WORDS[language]

    def amount(value: int) -> str:
        return money(value, content.currency, language)

    sums = [(words["discounts"], amount(content.discount))] if content.discount else []
    if content.tax_relief:
        sums.append((words["tax_relief"], amount(content.tax_relief)))
    sums.append((words["net_sum"], amount(content.net)))
    named = ((_tax_name(content, each, language), each.tax) for each in content.taxes if each.gross)
    sums += [(name, amount(tax)) for name, tax in named if name]
    if content.rounding:
        sums.append((words["rounding"], amount(content.rounding)))
    return [*sums, (words[_TOTALS[content.kind]], amount(content.total))]


def _tax_name(content: Content, each: TaxSum, language: str) -> str | None:
    """What a sum of taxes is called. None: nothing is to be said, as no line of the document is taxed."""
    words, net = WORDS[language], money(each.net, content.currency, language)
    title = f" ({shown(each.tax_title)})" if each.tax_title else ""
    if each.rate or each.treatment == "zero":
        return words["tax_of"].format(rate=percent(each.rate, language), net=net) + title
    if each.treatment in REASONS:
        return words[f"sum_{each.treatment}"].format(net=net) + title
    return words["untaxed"].format(net=net) if content.tax else None


def _notes(content: Content, language: str) -> list[str]:
    words = WORDS[language]
    with_tax = words["with_tax" if content.tax_included else "without_tax"]
    notes = [words["amounts"].format(currency=content.currency, with_tax=with_tax)]
    if content.reverse_charge:
        notes.append(words["reverse_charge"])
    said = {each.treatment for each in content.taxes if each.gross}
    notes += [words[f"note_{reason}"] for reason in REASONS if reason in said and f"note_{reason}" in words]
    if content.kind == "reversal":
        notes.append(words["reverses"].format(number=content.invoice_number))
    elif content.kind == "credit_note":
        notes.append(words["corrects"].format(number=content.invoice_number))
        if content.reason:
            notes.append(words["reason"].format(reason=shown(content.reason)))
    elif content.paid_at is not None:
        notes.append(words["was_paid"])
    return notes
