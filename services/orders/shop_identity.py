"""Settings of the shop's documents, beside what a new shop begins with."""

from __future__ import annotations

import re
from typing import Self

from pydantic import field_validator, model_validator

from chassis.config import NewShopSettings

# As the check of document_series has it.
_SERIES = re.compile(r"[A-Z0-9]([A-Z0-9-]{0,18}[A-Z0-9])?")


class ShopSettings(NewShopSettings):
    """Who sells until the shop's people have set it, and the numbers of its documents."""

    # What numbers of invoices begin with; {year} is the year. A series goes on where it was.
    invoice_series: str = "INV-{year}"
    # What numbers of credit notes begin with, which is another.
    credit_note_series: str = "CN-{year}"

    @field_validator("invoice_series", "credit_note_series")
    @classmethod
    def _a_series(cls, value: str) -> str:
        if not _SERIES.fullmatch(value.replace("{year}", "2026")):
            raise ValueError("it must be capital letters, digits, - and {year}, at most 20 signs, such as INV-{year}")
        return value

    @model_validator(mode="after")
    def _two_series(self) -> Self:
        if self.invoice_series == self.credit_note_series:
            raise ValueError("INVOICE_SERIES and CREDIT_NOTE_SERIES must differ: each counts without a gap")
        return self
