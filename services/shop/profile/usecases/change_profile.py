"""Change the shop's settings."""

from __future__ import annotations

from typing import Any

import msgspec

from chassis import audit
from shop.context import ShopContext
from shop.problems import LanguageInUse, ProfileChanged
from shop.profile.kept import TAG
from shop.profile.store import policies, profile
from shop.profile.store.policies import Heading
from shop.profile.store.profile import Profile

# An address for answers may be a person's: the log says that it changed, and no more.
_UNSAID = frozenset({"version", "updated_at", "mail_reply_to", "seller_email"})


async def change_profile(ctx: ShopContext, version: int, wish: dict[str, Any]) -> tuple[Profile, list[Heading]]:
    """The settings, with the fields of `wish`, and which texts there are.

    Raises:
        ProfileChanged. LanguageInUse: there are texts in a language that is left out.
    """
    async with ctx.db.write() as tx:
        before = await profile.read(tx)
        wanted = msgspec.structs.replace(before, **wish, version=version)
        if not await profile.change(tx, wanted):
            now = await profile.read(tx)
            raise ProfileChanged(f"They are of version {now.version}.", version=now.version)
        if not await profile.speak(tx, wanted.languages):
            raise LanguageInUse("Delete the texts of policies in a language before you leave it out.")
        old, new = _differences(before, wanted)
        await audit.record(tx, "shop.changed", "shop", before=old, after=new)
        result = await profile.read(tx), await policies.headings(tx)
    await ctx.cache.invalidate(TAG)
    return result


def _differences(before: Profile, after: Profile) -> tuple[dict[str, Any], dict[str, Any]]:
    old, new = msgspec.structs.asdict(before), msgspec.structs.asdict(after)
    changed = [name for name in old if old[name] != new[name] and name not in _UNSAID]
    return {name: old[name] for name in changed}, {name: new[name] for name in changed}
