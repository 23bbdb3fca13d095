"""Keeps the copy, and the words of mails that the shop's people wrote, at hand in each process.

One replica asks the service shop every 10 seconds; all of them read their own database when it changes.

So nothing waits for shop: while it is away, what was set before stays. The copy is replaced by whatever shop says last
and not by a version, which goes back where shop's database was restored.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec

from chassis import telemetry
from chassis.config import NewShopSettings
from chassis.context import Context
from chassis.db.listener import Listener, wait_for
from chassis.http import ServiceProblem
from chassis.mail.letter import Words
from chassis.problems import Unavailable
from chassis.shop_profile.facts import Look, Seller, Stored, begun
from chassis.shop_profile.templates import own_words

PATH = "/internal/shop-profile"
CHANNEL = "shop_profile"
REFRESH_SECONDS = 10
PATIENCE = 2.0
# A notification may be lost with its connection.
FLOOR_SECONDS = 60.0
PAUSE_SECONDS = 5.0

_READ = "select stored::text from shop_profile"
_WRITE = """
with written as (
    insert into shop_profile (stored) values ($1::text::jsonb)
    on conflict (single) do update set stored = excluded.stored, changed_at = statement_timestamp()
    where shop_profile.stored <> excluded.stored
    returning 1
)
select pg_notify('shop_profile', '') from written
"""
_log = telemetry.logger(__name__)

W = TypeVar("W")
WordsOf = Callable[[str, str], Words]
"""The words of a kind of mail in a language."""


class KeptShop:
    """Who the shop is, as this process knows it."""

    def __init__(self, settings: NewShopSettings) -> None:
        self._begun = begun(settings)
        self.stored = Stored()
        self.own: dict[tuple[str, str], Words] = {}

    @property
    def look(self) -> Look:
        """How it shows itself."""
        return self.stored.look or self._begun[0]

    @property
    def seller(self) -> Seller:
        """Who sells."""
        return self.stored.seller or self._begun[1]

    def written(self, write: Callable[[WordsOf], W], built_in: WordsOf) -> W:
        """A mail, by whoever writes it: in the words of the shop's people, else in the built-in ones."""
        try:
            return write(lambda kind, language: self.own.get((kind, language)) or built_in(kind, language))
        except (KeyError, ValueError) as error:
            # Written for another version of the store, whose mails know other placeholders.
            _log.warning("mail_template.unfit", error=error)
            return write(built_in)


@asynccontextmanager
async def watched(ctx: Context[Any]) -> AsyncIterator[None]:
    """Within the block `ctx.get(KeptShop)` follows what this service's database has."""
    changed = ctx.get(Listener).signal(CHANNEL)
    ctx.extras[KeptShop] = kept = KeptShop(ctx.settings)
    await _read(ctx, kept)

    async def follow() -> None:
        heard, pause = changed.next(), FLOOR_SECONDS
        while True:
            await wait_for(heard, pause)
            heard = changed.next()
            try:
                async with asyncio.timeout(PAUSE_SECONDS):
                    await _read(ctx, kept)
                pause = FLOOR_SECONDS
            except Exception as error:  # noqa: BLE001 -- what is known stays; the next round reads again
                _log.warning("shop_profile.unreadable", error=error)
                pause = PAUSE_SECONDS

    async with ctx.loops.running("shop profile", follow):
        yield


async def refresh(ctx: Context[Any]) -> None:
    """Ask shop, and keep what it says; while it does not answer, what is kept stays."""
    if "shop" not in ctx.settings.service_urls:
        return
    try:
        said = await ctx.http.call("shop", "GET", PATH, into=Stored, timeout=PATIENCE)
    # A replica of the version before does not know the path.
    except (Unavailable, ServiceProblem) as error:
        _log.info("shop_profile.not_asked", error=error)
        return
    if said == ctx.get(KeptShop).stored:
        return
    async with ctx.db.write_one() as tx:
        await tx.value(_WRITE, msgspec.json.encode(said).decode())


async def _read(ctx: Context[Any], kept: KeptShop) -> None:
    async with ctx.db.read() as tx:
        found: str | None = await tx.value(_READ)
        words = await own_words(tx)
    kept.stored = msgspec.json.decode(found, type=Stored) if found else Stored()
    kept.own = {(each.kind, each.language): each.words for each in words}
