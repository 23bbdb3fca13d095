"""How the shop looks, and who sells: as the service shop tells it, and as the environment has it before that."""

from __future__ import annotations

from email.utils import formataddr, parseaddr

import msgspec

from chassis.config import NewShopSettings


class Look(msgspec.Struct, frozen=True):
    """How the shop shows itself. `languages`: the first counts where none is named."""

    name: str
    colour: str
    logo_url: str | None
    languages: list[str]
    time_zone: str
    mail_name: str | None = None
    reply_to: str | None = None

    def sender(self, mail_from: str) -> str:
        """Whom mails come from: the address of the setting MAIL_FROM, under the shop's own name where it has one."""
        return formataddr((self.mail_name, parseaddr(mail_from)[1])) if self.mail_name else mail_from

    def language(self, spoken: tuple[str, ...]) -> str:
        """The first of the shop's languages that is spoken here; else the first that is."""
        known = (each.partition("-")[0] for each in self.languages)
        return next((each for each in known if each in spoken), spoken[0])


class Seller(msgspec.Struct, frozen=True):
    """Who sells, in the words of law. `lines`: the postal address."""

    name: str
    lines: list[str]
    vat_id: str | None = None
    email: str | None = None
    registration: str | None = None


class Stored(msgspec.Struct, frozen=True):
    """What the shop's people have set; None: nothing yet, so the environment's values are true."""

    look: Look | None = None
    seller: Seller | None = None


def begun(settings: NewShopSettings) -> tuple[Look, Seller]:
    """What a new shop begins with."""
    look = Look(
        name=settings.shop_name,
        colour=settings.shop_colour.lower(),
        logo_url=settings.shop_logo_url or None,
        languages=[settings.shop_locale],
        time_zone=settings.shop_time_zone,
    )
    seller = Seller(
        settings.shop_name,
        [line.strip() for line in settings.shop_address.split("|") if line.strip()],
        settings.shop_vat_id or None,
        settings.shop_email or None,
        settings.shop_registration or None,
    )
    return look, seller
