"""Make, change, delete and show drafts."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.problems import NotFound
from orders.context import OrdersContext
from orders.drafts.domain.draft import MOST_DRAFTS, Draft, DraftFields, DraftStatus
from orders.drafts.problems import DraftChanged, DraftSent, TooManyDrafts
from orders.drafts.store import drafts


async def create_draft(ctx: OrdersContext, draft_id: UUID, fields: DraftFields, staff: UUID) -> Draft:
    """A new draft; with the id of one that is there, that one.

    Raises:
        TooManyDrafts. Invalid: its currency.
    """
    ctx.settings.sold(fields.currency, "currency")
    async with ctx.db.write() as tx:
        added = await drafts.add(tx, draft_id, staff, fields)
        found = await drafts.find(tx, draft_id)
        if found is None:
            raise TooManyDrafts(f"There can be {MOST_DRAFTS:,} that are not sent.", limit=MOST_DRAFTS)
        if added:
            await _record(tx, "created", draft_id)
    return found


async def change_draft(ctx: OrdersContext, draft_id: UUID, version: int, fields: DraftFields) -> Draft:
    """The draft with these fields in place of all that it had.

    Raises:
        NotFound, DraftChanged, DraftSent. Invalid: its currency.
    """
    ctx.settings.sold(fields.currency, "currency")
    async with ctx.db.write() as tx:
        if not await drafts.change(tx, draft_id, version, fields):
            raise await not_so(tx, draft_id)
        await _record(tx, "changed", draft_id)
        return await known_draft(tx, draft_id)


async def delete_draft(ctx: OrdersContext, draft_id: UUID, version: int) -> None:
    """Raises NotFound, DraftChanged, DraftSent."""
    async with ctx.db.write() as tx:
        if not await drafts.delete(tx, draft_id, version):
            raise await not_so(tx, draft_id)
        await _record(tx, "deleted", draft_id)


async def show_draft(ctx: OrdersContext, draft_id: UUID) -> Draft:
    """Raises NotFound."""
    async with ctx.db.read() as tx:
        return await known_draft(tx, draft_id)


async def list_drafts(ctx: OrdersContext, status: DraftStatus | None, before: UUID | None, limit: int) -> list[Draft]:
    """Those older than `before`, newest first."""
    async with ctx.db.read() as tx:
        return await drafts.browse(tx, before, limit, status)


async def known_draft(tx: ReadTx, draft_id: UUID) -> Draft:
    """Raises NotFound."""
    found = await drafts.find(tx, draft_id)
    if found is None:
        raise NotFound(f"There is no draft {draft_id}; one that nobody changes is deleted after a while.")
    return found


async def not_so(tx: ReadTx, draft_id: UUID) -> Exception:
    """Why a draft was not of the version that a request names, or not open. Raises NotFound."""
    found = await known_draft(tx, draft_id)
    if found.status is DraftStatus.SENT:
        return DraftSent("It was sent: change or end the order of the same id.")
    return DraftChanged(f"It is of version {found.version} now.", version=found.version)


async def _record(tx: WriteTx, what: str, draft_id: UUID) -> None:
    # Not the fields: the log has no addresses of people.
    await audit.record(tx, f"draft.{what}", f"draft:{draft_id}")
