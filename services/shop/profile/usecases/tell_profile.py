"""Tell other services who the shop is."""

from __future__ import annotations

from chassis.shop_profile import Look, Seller, Stored
from shop.context import ShopContext
from shop.profile.store import profile
from shop.profile.store.profile import Profile

# Nobody has set anything before the first change.
_UNSET = 1


async def tell_profile(ctx: ShopContext) -> Stored:
    """What the shop's people have set; None where it is nothing yet."""
    async with ctx.db.read() as tx:
        found = await profile.read(tx)
    return Stored(None if found.version == _UNSET else _look(found), _seller(found))


def _look(found: Profile) -> Look:
    return Look(
        name=found.name,
        colour=found.primary_colour,
        logo_url=found.logo_url,
        languages=found.languages,
        time_zone=found.time_zone,
        mail_name=found.mail_name or found.name,
        reply_to=found.mail_reply_to,
    )


def _seller(found: Profile) -> Seller | None:
    if found.seller_name is None or found.seller_lines is None:
        return None
    more = (found.seller_vat_id, found.seller_email, found.seller_registration)
    return Seller(found.seller_name, found.seller_lines, *more)
