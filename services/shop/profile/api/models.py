"""Bodies of requests and answers about the shop."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from chassis.web import Currency, Email, LongText, Model, PersonName, VisibleSingleLine
from shop.fields import EachOnce, Version
from shop.profile.store.policies import Heading, Policy
from shop.profile.store.profile import Profile

Kind = Literal["imprint", "privacy", "terms", "returns", "shipping", "payment"]
Language = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$", max_length=5),
    Field(description="Such as `de` or `de-AT`"),
]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$", max_length=7)]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise PydanticCustomError("time_zone", "It must be the name of a time zone, such as Europe/Berlin") from None
    return value


TimeZone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,60}$"), AfterValidator(_zone)]


class Colours(Model):
    """The shop's colours."""

    primary: Colour = Field(description="Of headings and buttons", examples=["#2a5c4d"])
    accent: Colour = Field(description="Of what is to be noticed", examples=["#c8553d"])
    background: Colour = Field(description="Of pages", examples=["#ffffff"])

    @classmethod
    def of(cls, found: Profile) -> Self:
        """The API's form of the colours."""
        return cls(primary=found.primary_colour, accent=found.accent_colour, background=found.background_colour)


class MailSender(Model):
    """Whom the shop's mails come from."""

    name: PersonName | None = Field(description="Shown as sender; null: the shop's name", examples=["Tide & Fifth"])
    reply_to: Email | None = Field(
        description="Where answers go; null: to the address they come from", examples=["hello@example.com"]
    )


class SellerInvoiced(Model):
    """Who sells, as invoices name it. One that is written keeps what it says."""

    name: Annotated[VisibleSingleLine, Field(max_length=100)] = Field(
        description="The name in law", examples=["Tide & Fifth GmbH"]
    )
    address: Annotated[list[Annotated[VisibleSingleLine, Field(max_length=100)]], Field(min_length=1, max_length=8)] = (
        Field(description="The postal address, line by line", examples=[["Torstr. 1", "10115 Berlin", "Germany"]])
    )
    vat_id: Annotated[VisibleSingleLine, Field(max_length=40)] | None = Field(
        description="The VAT number, or the tax number", examples=["DE136695976"]
    )
    email: Email | None = Field(description="Where to write to", examples=["hello@example.com"])
    registration: Annotated[VisibleSingleLine, Field(max_length=200)] | None = Field(
        description="What a register asks for: its court and number, the directors",
        examples=["Amtsgericht Charlottenburg HRB 1"],
    )

    @classmethod
    def of(cls, found: Profile) -> Self | None:
        """The API's form of it; None where nobody has set it."""
        if found.seller_name is None or found.seller_lines is None:
            return None
        more = {"vat_id": found.seller_vat_id, "email": found.seller_email, "registration": found.seller_registration}
        return cls(name=found.seller_name, address=found.seller_lines, **more)

    def wish(self) -> dict[str, Any]:
        """The fields of a Profile."""
        fields = self.model_dump()
        return {f"seller_{'lines' if name == 'address' else name}": value for name, value in fields.items()}


_NO_SELLER = dict.fromkeys(f"seller_{name}" for name in ("name", "lines", "vat_id", "email", "registration"))


class PolicyHeading(Model):
    """A text that the shop has."""

    kind: Kind = Field(description="What it is about", examples=["returns"])
    language: Language = Field(examples=["en"])
    title: str = Field(description="Its heading", examples=["Returns"])
    updated_at: datetime

    @classmethod
    def of(cls, found: Heading) -> Self:
        """The API's form of a heading."""
        return cls.model_validate(found, from_attributes=True)


class ShopView(Model):
    """What everybody may know of the shop."""

    name: str = Field(description="The shop's name", examples=["Tide & Fifth"])
    logo_url: str | None = Field(description="A picture of the name; null: in letters", examples=[None])
    colours: Colours = Field(description="The shop's colours")
    currencies: list[Currency] = Field(description="What it sells in, the default first", examples=[["EUR"]])
    languages: list[Language] = Field(description="What it speaks, the default first", examples=[["en", "de"]])
    time_zone: str = Field(description="Where the shop is", examples=["Europe/Berlin"])
    policies: list[PolicyHeading] = Field(description="The texts that it has")

    @classmethod
    def of(cls, found: Profile, headings: list[Heading], currencies: list[str]) -> Self:
        """The API's form of the settings."""
        return cls(**_shared(found, headings, currencies))


class StaffShopView(ShopView):
    """All settings of the shop."""

    mail_sender: MailSender = Field(description="Whom mails come from")
    seller: SellerInvoiced | None = Field(
        description="Who sells; null: as the settings SHOP_NAME and SHOP_ADDRESS say", examples=[None]
    )
    version: Version
    updated_at: datetime

    @classmethod
    def of(cls, found: Profile, headings: list[Heading], currencies: list[str]) -> Self:
        """The API's form of the settings."""
        sender = MailSender(name=found.mail_name, reply_to=found.mail_reply_to)
        seller = SellerInvoiced.of(found)
        more = {"mail_sender": sender, "seller": seller, "version": found.version, "updated_at": found.updated_at}
        return cls(**_shared(found, headings, currencies), **more)


def _shared(found: Profile, headings: list[Heading], currencies: list[str]) -> dict[str, Any]:
    return {
        "name": found.name,
        "logo_url": found.logo_url,
        "colours": Colours.of(found),
        "currencies": currencies,
        "languages": found.languages,
        "time_zone": found.time_zone,
        "policies": [PolicyHeading.of(each) for each in headings],
    }


class ProfileChange(Model):
    """The settings that are wanted, all of them."""

    name: Annotated[VisibleSingleLine, Field(max_length=100)] = Field(
        description="The shop's name", examples=["Tide & Fifth"]
    )
    logo_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"'<>]{1,490}$")] | None = Field(
        description="A picture of the name; null: in letters", examples=["https://cdn.example.com/logo.svg"]
    )
    colours: Colours = Field(description="The shop's colours")
    currencies: Annotated[list[Currency], Field(max_length=30), EachOnce] = Field(
        description="Some of those that the store is set up for, the default first; none: all of them",
        examples=[["EUR"]],
    )
    languages: Annotated[list[Language], Field(min_length=1, max_length=20), EachOnce] = Field(
        description="What the shop speaks, the default first", examples=[["en", "de"]]
    )
    time_zone: TimeZone = Field(
        description="Where the shop is, for the days of its figures", examples=["Europe/Berlin"]
    )
    mail_sender: MailSender = Field(description="Whom mails come from")
    seller: SellerInvoiced | None = Field(
        default=None,
        description="Who sells; left out: as it is; null: as the settings SHOP_NAME and SHOP_ADDRESS say",
        examples=[None],
    )
    version: Version

    def wish(self) -> dict[str, Any]:
        """The fields of a Profile."""
        return {
            **self.model_dump(include={"name", "logo_url", "currencies", "languages", "time_zone"}),
            **{f"{name}_colour": value for name, value in self.colours.model_dump().items()},
            **{f"mail_{name}": value for name, value in self.mail_sender.model_dump().items()},
            **self._seller(),
        }

    def _seller(self) -> dict[str, Any]:
        # A client of the version before does not know it, and must not take it away.
        if "seller" not in self.model_fields_set:
            return {}
        return self.seller.wish() if self.seller else _NO_SELLER


class PolicyChange(Model):
    """A text that is to be shown."""

    title: Annotated[VisibleSingleLine, Field(max_length=200)] = Field(description="Its heading", examples=["Returns"])
    body: LongText = Field(description="Plain text or Markdown", examples=["You have 30 days to send things back."])


class PolicyView(PolicyHeading):
    """A text of the shop."""

    body: str = Field(description="Plain text or Markdown", examples=["You have 30 days to send things back."])

    @classmethod
    def whole(cls, found: Policy) -> Self:
        """The API's form of a text."""
        return cls.model_validate(found, from_attributes=True)
