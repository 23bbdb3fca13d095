"""The documents of an order, as data and as PDF: for its owner, and for staff."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.problems import NotFound
from chassis.shop_profile import KeptShop
from orders.checkout import Order, find_order
from orders.context import OrdersContext
from orders.documents.domain.packing_slip import Slip, slip_page, whole_order
from orders.documents.domain.page import page_of
from orders.documents.domain.seller import seller_of
from orders.documents.printing.printer import Printer
from orders.documents.store import documents
from orders.documents.store.documents import Document
from orders.locales import LANGUAGES, language_of


async def documents_of(ctx: OrdersContext, order_id: UUID) -> list[Document]:
    """Invoices and credit notes, the oldest first."""
    async with ctx.db.read() as tx:
        return await documents.of_order(tx, order_id)


async def document_pdf(
    ctx: OrdersContext, order_id: UUID, document_id: UUID, *, shopper: bool = False
) -> tuple[Document, bytes]:
    """A document of an order, drawn. Raises NotFound, and Unavailable as Printer.pdf."""
    async with ctx.db.read() as tx:
        found = await documents.find(tx, order_id, document_id)
    if found is None:
        raise NotFound("This order has no such document.")
    # The same for ever: one that was written before documents kept it has that of the environment.
    zone = found.content.time_zone or ctx.settings.shop_time_zone
    page = page_of(found.content, found.number, found.issued_on, found.language, zone)
    return found, await ctx.get(Printer).pdf(found.kind, page, shopper=shopper)


async def packing_slip_pdf(ctx: OrdersContext, order: Order, slip: Slip) -> bytes:
    """A packing slip, drawn. Raises Unavailable as Printer.pdf."""
    shop = ctx.get(KeptShop)
    language = language_of(order.locale, shop.look.language(LANGUAGES))
    page = slip_page(order, slip, seller_of(shop.seller), language, shop.look.time_zone)
    return await ctx.get(Printer).pdf("packing_slip", page)


async def order_slip_pdf(ctx: OrdersContext, order_id: UUID) -> tuple[Order, bytes]:
    """The packing slip of all that an order sends. Raises NotFound: there is no such order, or nothing is sent."""
    async with ctx.db.read() as tx:
        order = await find_order(tx, order_id)
        cancelled = await documents.cancelled_pieces(tx, order_id)
        now: datetime = await tx.value("select now()")
    today = now.astimezone(ZoneInfo(ctx.get(KeptShop).look.time_zone)).date()
    slip = whole_order(order, today, cancelled) if order else None
    if order is None or slip is None or not slip.pieces:
        raise NotFound("There is no such order, or nothing of it is sent.")
    return order, await packing_slip_pdf(ctx, order, slip)
