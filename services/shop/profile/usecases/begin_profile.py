"""Fill in what the environment says of a new shop, where nobody has set it."""

from __future__ import annotations

from chassis.shop_profile import begun
from shop.context import ShopContext
from shop.profile.kept import TAG
from shop.profile.store import profile

_LOOK = frozenset({"shop_name", "shop_colour", "shop_logo_url", "shop_time_zone", "shop_locale"})
_SELLER = frozenset({"shop_name", "shop_address", "shop_vat_id", "shop_email", "shop_registration"})


async def begin_profile(ctx: ShopContext) -> None:
    """At each start: only what the environment names is taken, and only into settings that nobody has changed. Of
    replicas that start at once, one does it.
    """
    given = ctx.settings.model_fields_set
    look, seller = begun(ctx.settings)
    began = False
    async with ctx.db.write() as tx:
        if given & _LOOK:
            began = await profile.begin_look(tx, look)
        # A name alone does not say who sells: an invoice names an address.
        if given & _SELLER and seller.lines:
            began = await profile.begin_seller(tx, seller) or began
    if began:
        await ctx.cache.invalidate(TAG)
