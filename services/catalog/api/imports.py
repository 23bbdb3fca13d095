"""Endpoint for staff: imports of products."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, StringConstraints

from catalog.api.hot import TAG
from catalog.context import Ctx
from catalog.importing import COUNTS, ImportOptions, ImportResult, RowProblem, Severity, import_export
from catalog.importing import NotAnExport as Unreadable
from catalog.importing import UnclearEncoding as Unclear
from catalog.problems import NotAnExport, UnclearEncoding
from chassis.auth import Principal, require
from chassis.limits import account, limit
from chassis.problems import UnsupportedMedia, responses
from chassis.web import Currency, Model, PriceCurrency

router = APIRouter(prefix="/api/v1/admin", tags=["staff: catalog"])

Writer = Annotated[Principal, Depends(require("catalog:write"))]

# More findings than this are counted and not listed.
MOST_PROBLEMS = 2_000
# As a person writes it; the import checks that it exists.
Encoding = Annotated[str, StringConstraints(to_lower=True, max_length=20, pattern="^[A-Za-z0-9_-]+$")]

PricesIn = Annotated[
    PriceCurrency | None,
    Query(description="Of the prices in the file; the shop's own if it is left out", examples=["EUR"]),
]
StockIs = Annotated[
    Literal["keep", "overwrite"] | None,
    Query(
        description="Of variants that are here already: `overwrite` sets it, never below what is held for orders. Left "
        "out: a file of nothing but stock sets it, any other keeps it",
        examples=["keep"],
    ),
]
WrittenIn = Annotated[
    Encoding | None,
    Query(description="What the file is written in; found out if it is left out, or asked for", examples=["utf-8"]),
]
WithoutPricesIn = Annotated[
    PriceCurrency | None,
    Query(
        description="Take away the prices in this currency of the products in the file, but for those it sets",
        examples=["USD"],
    ),
]

MAX_FILE = 10_000_000
_CSV = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string", "maxLength": MAX_FILE},
                "example": "Handle,Title,Variant SKU,Variant Price\nsmall-print,Small Print,SMALL-1,25.00\n",
            }
        },
    }
}


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


@router.post(
    "/imports",
    summary="Import a Shopify product export",
    responses=responses(NotAnExport, UnclearEncoding),
    dependencies=[Depends(limit("imports", "20/min", by=account, fail="closed"))],
    openapi_extra=_CSV,
    max_body_size=MAX_FILE,
)
async def import_file(
    ctx: Ctx,
    who: Writer,
    request: Request,
    currency: PricesIn = None,
    stock: StockIs = None,
    encoding: WrittenIn = None,
    remove_prices: WithoutPricesIn = None,
) -> ImportReport:
    """Creates and updates products by handle, variants by options, else by SKU; repeating it changes nothing more. What
    has no column in the file stays as it is. Up to 10 MB.

    Every row that was refused is counted, and listed with the reason. Pictures are fetched in the background: those
    that could not be fetched are listed at `/api/v1/admin/pictures`.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise UnsupportedMedia("Send the file as it is, with Content-Type: text/csv.")
    options = ImportOptions(
        currency or ctx.settings.currency,
        overwrite_stock=stock == "overwrite",
        remove_prices=remove_prices,
        account_id=who.account_id,
    )
    keep = stock == "keep"
    try:
        done = await import_export(ctx.db, await request.body(), options, encoding=encoding, keep_stock=keep)
    except Unclear as unclear:
        candidates = [{"encoding": name, "line": line} for name, line in unclear.candidates]
        raise UnclearEncoding(unclear.message, candidates=candidates) from None
    except Unreadable as unreadable:
        raise NotAnExport(unreadable.message) from None
    await ctx.cache.invalidate(TAG)
    return _report(done, options.currency)


def _report(done: ImportResult, currency: str) -> ImportReport:
    problems = done.problems
    if len(problems) > MOST_PROBLEMS:
        problems = sorted(problems, key=_weight)[:MOST_PROBLEMS]
    return ImportReport(
        currency=currency,
        rows=done.rows,
        refused_rows=done.refused_rows,
        problems=[_problem(problem) for problem in problems],
        problems_not_listed=len(done.problems) - len(problems),
        **{name: getattr(done, name) for name in COUNTS if name != "refused"},
    )


def _weight(problem: RowProblem) -> tuple[bool, bool, int]:
    return (problem.severity != "refused", problem.severity == "notice", problem.row)


def _problem(problem: RowProblem) -> ImportProblem:
    return ImportProblem(**asdict(problem) | {"code": problem.code.replace("_", "-")})
