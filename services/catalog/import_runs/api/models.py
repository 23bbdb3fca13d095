"""What staff send and get of imports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from catalog.api.imports import Encoding
from catalog.api.schemas.public import ONE_LINE
from catalog.import_runs.store.runs import Finding, Run, RunOptions
from catalog.importing import COUNTS, Inspected, Severity
from chassis.web import Currency, Model, Page, PriceCurrency

_ID = "0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f"
MOST_COLUMNS = 5_000
FileName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=ONE_LINE)]
Delimiter = Literal[",", ";", "\t", "|"]
# catalog.importing.MAPPABLE, as types are written.
ColumnField = Literal[
    "handle", "title", "body", "vendor", "type", "category", "tags", "tax_class", "published", "status",
    "option1_name", "option1_value", "option2_name", "option2_value", "option3_name", "option3_value",
    "sku", "barcode", "price", "compare_at", "grams", "weight", "weight_unit", "tracker", "quantity", "policy",
    "shipping", "taxable", "image", "image_alt", "image_position", "variant_image",
]  # fmt: skip
State = Literal["waiting", "running", "done", "failed"]
Position = Annotated[int, Field(strict=True, ge=1, le=MOST_COLUMNS, examples=[3])]


class FileColumn(Model):
    """A column of a file. `field`: what its name says that it holds; null: that is not known."""

    position: Position = Field(description="The first is 1")
    name: str = Field(description="As the file writes it, shortened", examples=["Preis"])
    field: ColumnField | None = Field(description="What its name says; null: nothing known", examples=["price"])
    examples: list[str] = Field(description="Its first values, shortened", examples=[["25,00"]])


class ImportFile(Model):
    """A file that was uploaded."""

    id: UUID = Field(description="For runs", examples=[_ID])
    name: FileName = Field(description="As it was called", examples=["spring.csv"])
    delimiter: Delimiter = Field(description="What stands between its cells", examples=[";"])
    note: str | None = Field(description="About its encoding, where that was found out", examples=[None])
    columns: list[FileColumn] = Field(description="In their order")

    @classmethod
    def of(cls, file_id: UUID, name: str, found: Inspected) -> Self:
        """The API's form of it."""
        columns = [
            {"position": each.place + 1, "name": each.name, "field": each.field, "examples": list(each.examples)}
            for each in found.columns
        ]
        fields = {"id": file_id, "name": name, "delimiter": found.delimiter, "note": found.note, "columns": columns}
        return cls.model_validate(fields)


class MappedColumn(Model):
    """What a column holds. `field` null: it is ignored."""

    position: Position = Field(description="The first is 1")
    field: ColumnField | None = Field(description="What it holds", examples=["price"])


class ImportWish(Model):
    """How a file is to be read, and what is to be done with it."""

    file_id: UUID = Field(description="Of an uploaded file", examples=[_ID])
    dry_run: bool = Field(default=False, description="Say what would become of each row, and change nothing")
    columns: list[MappedColumn] = Field(
        default=[], max_length=MOST_COLUMNS, description="A column that is left out is known by its name"
    )
    currency: PriceCurrency | None = Field(default=None, description="Of the prices in the file; null: the shop's own")
    stock: Literal["keep", "overwrite"] | None = Field(
        default=None,
        description="Of variants that are here: `overwrite` sets it, never below what is held for orders. Null: a file "
        "of nothing but stock sets it, any other keeps it",
        examples=["keep"],
    )
    encoding: Encoding | None = Field(default=None, description="Null: as at the upload", examples=["utf-8"])
    delimiter: Delimiter | None = Field(default=None, description="Null: as it was found", examples=[";"])
    decimal: Literal[",", "."] | None = Field(
        default=None, description="The decimal sign of prices. Null: found out, and what is unclear refused"
    )
    remove_prices: PriceCurrency | None = Field(
        default=None, description="Take away prices in this currency of the products in the file", examples=["USD"]
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        places = [each.position for each in self.columns]
        fields = [each.field for each in self.columns if each.field is not None]
        if len(set(places)) < len(places):
            raise ValueError("a position stands twice in columns")
        if len(set(fields)) < len(fields):
            raise ValueError("a field stands twice in columns")
        return self

    def options(self, currency: str) -> RunOptions:
        """What is stored of it. `currency`: the shop's own."""
        return RunOptions(
            self.currency or currency,
            **self.model_dump(include={"stock", "encoding", "delimiter", "decimal", "remove_prices"}),
            columns={each.position - 1: each.field for each in self.columns},
        )


class ImportRun(Model):
    """An import of a file, or a try of one (`dry_run`), and how far it is. The numbers grow while it runs."""

    id: UUID = Field(examples=[_ID])
    file_id: UUID = Field(description="Of its file", examples=[_ID])
    file_name: str = Field(description="As its file was called", examples=["spring.csv"])
    dry_run: bool = Field(description="Whether it changes nothing")
    currency: Currency = Field(description="What the prices of the file are taken to be in")
    state: State = Field(description="`failed`: see `error`", examples=["running"])
    error: str | None = Field(description="Why the file could not be read", examples=[None])
    rows: int | None = Field(description="Rows with content below the header; null: not read yet", examples=[53])
    products: int | None = Field(description="Products in the file; null: not read yet", examples=[20])
    products_done: int = Field(description="Those that are done", examples=[12])
    created: int = Field(examples=[12])
    updated: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])
    refused: int = Field(description="Products of which no row was taken when they were written", examples=[0])
    stock_set: int = Field(description="Variants that were here whose stock the file set", examples=[0])
    stock_changed: int = Field(description="Those of them that had another stock before", examples=[0])
    retired: int = Field(description="Variants that are no longer sold", examples=[0])
    prices_removed: int = Field(description="Prices that `remove_prices` took away", examples=[0])
    rows_refused: int = Field(description="Findings: rows that were not taken", examples=[1])
    rows_changed: int = Field(description="Findings: values that were taken otherwise than written", examples=[0])
    notices: int = Field(description="Findings: what is worth knowing", examples=[0])
    created_at: datetime = Field(description="When it was asked for")
    started_at: datetime | None = Field(description="When it began")
    finished_at: datetime | None = Field(description="When it ended")

    @classmethod
    def of(cls, run: Run) -> Self:
        """The API's form of it."""
        names = cls.model_fields.keys() - {"currency"}
        fields = {name: getattr(run, name) for name in names} | {"currency": run.options.currency}
        return cls.model_validate(fields | {name: getattr(run, name) for name in COUNTS})


class ImportRuns(Page[ImportRun]):
    """A part of the list of runs."""


class RunFinding(Model):
    """What a run found in a row."""

    row: int = Field(description="As a spreadsheet numbers it: the header is row 1", examples=[7])
    handle: str = Field(description="Its product's; empty where it names none", examples=["perfect-fifth"])
    column: str | None = Field(description="As the file names it; null: the whole row", examples=["Variant Price"])
    code: str = Field(description="For programs", examples=["no-price"])
    message: str = Field(
        description="What happened, and what to do",
        examples=["The variant is new and needs a price (0 if it is free). Fill it in and import again."],
    )
    severity: Severity = Field(description="Whether the row was taken", examples=["refused"])

    @classmethod
    def of(cls, found: Finding) -> Self:
        """The API's form of it."""
        fields = {name: getattr(found, name) for name in cls.model_fields}
        return cls.model_validate(fields | {"code": found.code.replace("_", "-")})


class RunFindings(Page[RunFinding]):
    """A part of what a run found."""
