"""SQL of the shop's settings and its languages."""

from __future__ import annotations

from datetime import datetime

import asyncpg
import msgspec

from chassis.db import ReadTx, WriteTx
from chassis.shop_profile import Look, Seller

_COLUMNS = (
    "name, logo_url, primary_colour, accent_colour, background_colour, currencies, time_zone, mail_name, "
    "mail_reply_to, seller_name, seller_lines, seller_vat_id, seller_email, seller_registration"
)
_READ = f"""
select {_COLUMNS}, version, updated_at,
       array(select language from languages order by place) as languages
from profile
"""
_CHANGE = """
update profile set name = $2, logo_url = $3, primary_colour = $4, accent_colour = $5, background_colour = $6,
    currencies = $7, time_zone = $8, mail_name = $9, mail_reply_to = $10, seller_name = $11, seller_lines = $12,
    seller_vat_id = $13, seller_email = $14, seller_registration = $15,
    version = version + 1, updated_at = statement_timestamp()
where version = $1
"""
_BEGIN_LOOK = """
update profile set name = $1, primary_colour = $2, logo_url = $3, time_zone = $4,
    version = version + 1, updated_at = statement_timestamp()
where version = 1
"""
_BEGIN_SELLER = """
update profile set seller_name = $1, seller_lines = $2, seller_vat_id = $3, seller_email = $4, seller_registration = $5,
    version = version + 1, updated_at = statement_timestamp()
where seller_name is null
"""
_SPEAK = """
insert into languages (language, place)
select language, place from unnest($1::text[]) with ordinality as wanted (language, place)
on conflict (language) do update set place = excluded.place
"""


class Profile(msgspec.Struct, frozen=True):
    """The shop's settings."""

    name: str
    logo_url: str | None
    primary_colour: str
    accent_colour: str
    background_colour: str
    currencies: list[str]
    time_zone: str
    mail_name: str | None
    mail_reply_to: str | None
    seller_name: str | None
    seller_lines: list[str] | None
    seller_vat_id: str | None
    seller_email: str | None
    seller_registration: str | None
    version: int
    updated_at: datetime
    languages: list[str]


async def read(tx: ReadTx) -> Profile:
    """The settings as they are."""
    found = await tx.row(Profile, _READ)
    assert found is not None  # noqa: S101 -- a migration wrote the row, and nothing deletes it
    return found


async def change(tx: WriteTx, wanted: Profile) -> bool:
    """Take these settings, if they are of the version that is stored; whether they were."""
    facts = (wanted.name, wanted.logo_url, wanted.primary_colour, wanted.accent_colour, wanted.background_colour)
    more = (wanted.currencies, wanted.time_zone, wanted.mail_name, wanted.mail_reply_to)
    seller = (wanted.seller_name, wanted.seller_lines, wanted.seller_vat_id)
    rest = (wanted.seller_email, wanted.seller_registration)
    return await tx.execute(_CHANGE, wanted.version, *facts, *more, *seller, *rest) == 1


async def begin_look(tx: WriteTx, look: Look) -> bool:
    """Take what a new shop begins with; whether nobody had changed the settings."""
    facts = (look.name, look.colour, look.logo_url, look.time_zone)
    if await tx.execute(_BEGIN_LOOK, *facts) == 0:
        return False
    spoken = (await read(tx)).languages
    await speak(tx, list(dict.fromkeys([*look.languages, *spoken])))
    return True


async def begin_seller(tx: WriteTx, seller: Seller) -> bool:
    """Take who sells, where nobody has set it; whether it was so."""
    more = (seller.vat_id, seller.email, seller.registration)
    return await tx.execute(_BEGIN_SELLER, seller.name, seller.lines, *more) == 1


async def speak(tx: WriteTx, languages: list[str]) -> bool:
    """Have these languages, in this order, and no others; False where there are texts in one that is left out."""
    try:
        await tx.execute("delete from languages where language <> all($1::text[])", languages)
    except asyncpg.ForeignKeyViolationError:
        return False
    await tx.execute(_SPEAK, languages)
    return True
