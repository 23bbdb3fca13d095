"""Invoices, credit notes and reversals: their numbers, and what is printed on them."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from pypdf import PdfReader

from proofs.shop_day.shop import Bought, Shop

_TITLES = {
    "en": {"invoice": "Invoice", "credit_note": "Credit note", "reversal": "Reversal"},
    "de": {"invoice": "Rechnung", "credit_note": "Gutschrift", "reversal": "Storno"},
}
_PRINTED: dict[str, str] = {}
"""What is printed on each document by its id: they are drawn and read once."""


class Document(NamedTuple):
    """A document as the API tells of it; amounts in minor units."""

    id: str
    order_id: str
    order_number: str
    kind: str
    number: str
    language: str
    total: int
    tax: int
    path: str

    @property
    def sign(self) -> int:
        """A reversal takes its credit note back."""
        return -1 if self.kind == "reversal" else 1


async def documents_of(shop: Shop, bought: Bought) -> list[Document]:
    """The documents of an order, oldest first."""
    found = (await shop.ask("GET", f"{bought.path}/documents"))["items"]
    return [
        Document(
            id=each["id"],
            order_id=bought.id,
            order_number=bought.order["number"],
            kind=each["kind"],
            number=each["number"],
            language=each["language"],
            total=each["total"]["amount"],
            tax=each["tax"]["amount"],
            path=f"{bought.path}/documents/{each['id']}.pdf",
        )
        for each in found
    ]


def draw_anew(documents: Iterable[Document]) -> None:
    """Have these read again when they are compared next."""
    for each in documents:
        _PRINTED.pop(each.id, None)


def numbers_complaints(documents: Iterable[Document]) -> list[str]:
    """Numbers that are missing, or there twice, in a series."""
    series: dict[str, list[int]] = defaultdict(list)
    for each in documents:
        name, _, number = each.number.rpartition("-")
        series[name].append(int(number))
    return [
        f"the numbers of {name} are not 1 to {len(numbers)}: {sorted(numbers)}"
        for name, numbers in series.items()
        if sorted(numbers) != list(range(1, len(numbers) + 1))
    ]


async def document_complaints(shop: Shop, documents: Iterable[Document]) -> list[str]:
    """Documents whose page does not say its number, its order or its sum."""
    found = []
    for each in documents:
        if each.id not in _PRINTED:
            reader = PdfReader(io.BytesIO(await shop.pdf(each.path)))
            _PRINTED[each.id] = "\n".join(page.extract_text() for page in reader.pages).replace("\xa0", " ")
        words = [f"{_TITLES[each.language][each.kind]}", each.number, each.order_number, written(each)]
        missing = [word for word in words if word not in _PRINTED[each.id]]
        if missing:
            found.append(f"{each.kind} {each.number} does not say {missing}")
    return found


def written(document: Document) -> str:
    """The sum as it is written in the document's language."""
    text = f"{document.total / 100:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if document.language == "de" else text
