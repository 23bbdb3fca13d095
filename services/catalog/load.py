"""Loads products from the command line; what the `mercat` command runs.

    python -m catalog.load --shopify FILE [--currency EUR] [--stock overwrite] [--encoding cp1250] [--remove-prices EUR]
    python -m catalog.load --demo FILE.json --media FOLDER
    python -m catalog.load --pictures list|retry
    python -m catalog.load --searches 2026-08-03 2026-08-09

An export brings products that are here to what it says; the demo shop leaves them as they are.
DATABASE_URL names the database; MEDIA_URL or MEDIA_DIR where the service serves images from. Each line of its output is
a JSON object: {"event": "progress", "done", "total"}, {"event": "problem", "row", "handle", "column", "code", "reason",
"severity"}, and at last {"event": "done", "created", "updated", "unchanged", "refused_rows"}, after an export with
"currency", "stock_set", "stock_changed", "retired" and "prices_removed" too. Pictures are fetched by the service;
catalog.picture_report waits for it and tells of them. What was searched for in vain on these days and between is
{"event": "search", "term", "searches"} each. It ends with 1 when rows were refused.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.domain.terms import LEAST_SEARCHES
from catalog.importing import ImportOptions, ImportResult, NotAnExport, import_export, import_products
from catalog.importing.demo import read_demo, to_draft
from catalog.media import MediaObjects, NotAnImage, media_url
from catalog.picture_report import report_pictures
from catalog.store import searches
from chassis.config import service_spec
from chassis.config.settings import Names
from chassis.db import UNREACHABLE, Database
from chassis.problems import Unavailable

# As many as a report shows.
MOST_SEARCHES = 50
_AWAY: tuple[type[BaseException], ...] = (*UNREACHABLE, OSError, asyncpg.PostgresError)


class LoadSettings(BaseSettings):
    """What loading needs of the catalog's settings."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: SecretStr
    media_url: str = ""
    media_dir: Path = Path("media")
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    followed_by: Names = Field(default_factory=list)
    currencies: str = ""


class CannotLoad(Exception):
    """The message says what was wrong and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """How many rows were refused. Exits with 1 and a message on stderr where nothing can be loaded."""
    options = _parser().parse_args(arguments)
    try:
        return asyncio.run(_load(options, _settings()))
    except CannotLoad as wrong:
        sys.exit(str(wrong))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m catalog.load", description=__doc__.partition("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--shopify", type=Path, metavar="FILE", help="a product export of Shopify (CSV)")
    what.add_argument("--demo", type=Path, metavar="FILE", help="a list of products (JSON)")
    what.add_argument(
        "--pictures", choices=("list", "retry"), help="that could not be fetched: list them, or try again"
    )
    what.add_argument(
        "--searches", nargs=2, type=date.fromisoformat, metavar="DAY", help="that found nothing, from and to which day"
    )
    parser.add_argument("--currency", help="of the prices in the export; the store's own if not given")
    parser.add_argument(
        "--stock", choices=("keep", "overwrite"), help="of variants that are here; a file of stock alone sets it"
    )
    parser.add_argument("--encoding", help="of the export; found out if not given")
    parser.add_argument(
        "--remove-prices", metavar="CURRENCY", help="take away, but for those the export sets, from its products"
    )
    parser.add_argument("--media", type=Path, metavar="FOLDER", help="where the images of --demo lie")
    return parser


def _settings() -> LoadSettings:
    try:
        return LoadSettings()
    except ValidationError as wrong:
        names = ", ".join("_".join(map(str, error["loc"])).upper() for error in wrong.errors())
        raise CannotLoad(f"These settings are missing or wrong: {names}.") from None


async def _load(options: argparse.Namespace, settings: LoadSettings) -> int:
    if options.pictures:
        async with _database(settings) as db:
            await report_pictures(db, _say, retry=options.pictures == "retry")
        return 0
    if options.searches:
        async with _database(settings) as db:
            await _searches(db, *options.searches)
        return 0
    data = _read(options.shopify or options.demo)
    media = MediaObjects(media_url(settings.media_url, settings.media_dir))
    async with _database(settings) as db:
        if options.demo:
            done = await _demo(db, data, options.media or options.demo.parent, media)
        else:
            done = await _shopify(db, data, options, settings)
            await report_pictures(db, _say)
    totals = {name: getattr(done, name) for name in ("created", "updated", "unchanged", "refused_rows")}
    if options.shopify:
        more = ("stock_set", "stock_changed", "retired", "prices_removed")
        totals |= {"currency": options.currency or settings.currency, **{name: getattr(done, name) for name in more}}
    _say("done", **totals)
    return done.refused_rows


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotLoad(f"{path} cannot be read: {error.strerror}.") from None


@asynccontextmanager
async def _database(settings: LoadSettings) -> AsyncIterator[Database]:
    followed = bool(service_spec.load("catalog").followed_by or settings.followed_by)
    db = Database(settings.database_url.get_secret_value(), name="catalog-load", size=2, followed=followed)
    try:
        await db.connect()
        yield db
    except _AWAY as error:
        raise CannotLoad(f"The catalog's database does not answer ({error}). Try again when it does.") from None
    finally:
        await db.close()


async def _shopify(db: Database, data: bytes, options: argparse.Namespace, settings: LoadSettings) -> ImportResult:
    how = ImportOptions(
        options.currency or settings.currency,
        overwrite_stock=options.stock == "overwrite",
        remove_prices=_currency(options.remove_prices),
    )
    keep = options.stock == "keep"
    try:
        done = await import_export(db, data, how, encoding=options.encoding, keep_stock=keep, progress=_progress)
    except (NotAnExport, ValueError) as wrong:
        raise CannotLoad(f"{options.shopify.name}: {getattr(wrong, 'message', wrong)}") from None
    for problem in done.problems:
        where = {"row": problem.row, "handle": problem.handle, "column": problem.column}
        _say("problem", **where, code=problem.code, reason=problem.message, severity=problem.severity)
    sold_in = [code.strip() for code in settings.currencies.split(",") if code.strip()] or [settings.currency]
    if how.currency not in sold_in:
        reason = (
            f"The prices are in {how.currency}, but the store sells in {', '.join(sold_in)} alone, so none is shown. "
            f"Set CURRENCIES={','.join([*sold_in, how.currency])} to change that."
        )
        _say("problem", row=1, handle="", column=None, code="other_currency", reason=reason, severity="notice")
    return done


async def _demo(db: Database, data: bytes, folder: Path, media: MediaObjects) -> ImportResult:
    total = ImportResult()
    try:
        products = read_demo(data)
        for currency in sorted({product.currency for product in products}):
            drafts = [await to_draft(product, folder, media) for product in products if product.currency == currency]
            options = ImportOptions(currency, only_new=True)
            total.add(
                await import_products(db, drafts, options, progress=lambda done, _: _progress(done, len(products)))
            )
    except Unavailable as away:
        raise CannotLoad(f"The demo shop's images cannot be kept. {away}") from None
    except (msgspec.MsgspecError, OSError, NotAnImage) as wrong:
        raise CannotLoad(f"The demo shop cannot be read: {wrong}") from None
    return total


async def _searches(db: Database, first: date, last: date) -> None:
    async with db.read() as tx:
        found = await searches.most(tx, first, last, least=LEAST_SEARCHES, limit=MOST_SEARCHES)
    for each in found:
        _say("search", term=each.term, searches=each.searches)


def _currency(code: str | None) -> str | None:
    if code is not None and not re.fullmatch("[A-Z]{3}", code):
        raise CannotLoad(f"{code} is no currency. Write it like EUR.")
    return code


def _progress(done: int, total: int) -> None:
    _say("progress", done=done, total=total)


def _say(event: str, **values: Any) -> None:
    sys.stdout.write(msgspec.json.encode({"event": event, **values}).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
