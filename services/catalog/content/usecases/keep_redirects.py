"""Make and delete redirects of the shop's addresses."""

from __future__ import annotations

from uuid import UUID

from catalog.content.domain.addresses import plain
from catalog.content.problems import RedirectTaken, TooManyRedirects
from catalog.content.store import redirects
from catalog.content.store.redirects import Redirect
from catalog.context import CatalogContext
from chassis import audit
from chassis.problems import FieldError, Invalid


async def create_redirect(ctx: CatalogContext, redirect_id: UUID, wish_from: str, wish_to: str) -> Redirect:
    """The redirect; once for each id. It leads where its target leads, and what led to its address follows it, so that
    each redirect is one step.

    Raises:
        RedirectTaken. TooManyRedirects. Invalid: it would lead back to where it begins.
    """
    from_path, to_path = plain(wish_from), plain(wish_to)
    async with ctx.db.write() as tx:
        await redirects.lock(tx)
        made = await redirects.find(tx, redirect_id)
        if made is not None:
            return made
        if await redirects.target(tx, from_path) is not None:
            raise RedirectTaken(f"There is a redirect from {from_path}.")
        end = await redirects.target(tx, to_path) or to_path
        if end == from_path:
            message = "It would lead back to where it begins"
            raise Invalid("See `errors` for each field.", errors=[FieldError("to_path", message, "circle")])
        await redirects.lead_on(tx, from_path, end)
        made = await redirects.add(tx, redirect_id, from_path, end)
        if made is None:
            raise TooManyRedirects(f"There can be {redirects.MOST:,}.", limit=redirects.MOST)
        after = {"from_path": from_path, "to_path": end}
        await audit.record(tx, "redirect.created", f"redirect:{redirect_id}", after=after)
        return made


async def delete_redirect(ctx: CatalogContext, redirect_id: UUID) -> None:
    """One that is gone already changes nothing."""
    async with ctx.db.write() as tx:
        gone = await redirects.delete(tx, redirect_id)
        if gone is not None:
            before = {"from_path": gone.from_path, "to_path": gone.to_path}
            await audit.record(tx, "redirect.deleted", f"redirect:{redirect_id}", before=before)


async def list_redirects(ctx: CatalogContext, before: UUID | None, limit: int) -> list[Redirect]:
    """Those made before one, newest first."""
    async with ctx.db.read() as tx:
        return await redirects.newest(tx, before, limit)
