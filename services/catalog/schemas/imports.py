"""What staff gets of an import."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from catalog.importing.model import Severity
from chassis.web import Currency, Model

# As a person names it; which there are, the import itself knows.
Encoding = Annotated[str, StringConstraints(to_lower=True, max_length=20, pattern="^[A-Za-z0-9_-]+$")]


class ImportProblem(Model):
    """A finding about a row: `refused` left out, `changed` taken otherwise than written, `notice` worth knowing."""

    row: int = Field(description="As a spreadsheet numbers it: the header is row 1", examples=[7])
    handle: str = Field(examples=["perfect-fifth"])
    column: str | None = Field(examples=["Variant Price"])
    code: str = Field(examples=["no-price"])
    message: str = Field(examples=["The variant has no price. Write one (0 if it is free) and import again."])
    severity: Severity


class ImportReport(Model):
    """What an import did: products by what became of them, rows that were refused, and the findings by row."""

    currency: Currency = Field(description="What the prices of the file were taken to be in")
    rows: int = Field(description="Rows with content below the header", examples=[53])
    created: int = Field(examples=[20])
    updated: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])
    refused_rows: int = Field(examples=[0])
    stock_set: int = Field(description="Variants that were here whose stock the file set", examples=[0])
    stock_changed: int = Field(description="Those of them that had another stock before", examples=[0])
    retired: int = Field(description="Variants that are no longer sold", examples=[0])
    prices_removed: int = Field(description="Prices that `remove_prices` took away", examples=[0])
    problems: list[ImportProblem] = Field(description="Refused rows first where there are too many to list all")
    problems_not_listed: int = Field(description="Findings beyond the 2,000 that are listed", examples=[0])
