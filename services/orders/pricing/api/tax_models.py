"""Rates of tax and the settings about them in requests and answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chassis.web import Model, Page, PriceCurrency
from orders.pricing.api.places import Country, DestinationModel, PostalPattern, Region, once
from orders.pricing.api.shipping_models import Title, Version
from orders.pricing.domain.basket import NOT_TAXED, STANDARD
from orders.pricing.domain.regions import region_code
from orders.pricing.domain.taxes import ShippingTaxRule
from orders.pricing.store.taxes import RateFields, ShippingTaxes, StoredRate, TaxSettings

TaxClass = Annotated[
    str,
    StringConstraints(pattern="^[a-z][a-z0-9-]{0,39}$"),
    Field(description="A class of goods, as the catalog says of each product", examples=["standard"]),
]

Moment = Annotated[AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2999, 12, 31, tzinfo=UTC))]


class TaxRateIn(Model):
    """A tax on goods of a class at a place. Rates of a country, its regions and postal codes are added."""

    country: Country
    region: Region = None
    postal_codes: list[PostalPattern] = Field(default=[], max_length=500, description="None: the whole place")
    tax_class: TaxClass = Field(default=STANDARD, description="A class of goods, as the catalog says of each product")
    title: Annotated[
        Title,
        Field(
            description="As an invoice shows it beside the rate. Of one title, place and class one rate holds at once",
            examples=["VAT"],
        ),
    ]
    rate: Annotated[int, Field(strict=True, ge=0, le=1_000_000, description="Millionths: 190000 is 19 %")]
    exempt: bool = Field(default=False, description="A law frees these goods, which is not the same as a rate of 0")
    alone: bool = Field(default=False, description="Rates of wider places do not count beside it")
    valid_from: Moment | None = Field(default=None, description="Null: since ever", examples=[None])
    valid_until: Moment | None = Field(default=None, description="Null: for ever", examples=[None])

    @field_validator("tax_class")
    @classmethod
    def _taxed(cls, value: str) -> str:
        if value == NOT_TAXED:
            raise PydanticCustomError("tax_class", "Goods of the class `none` are never taxed")
        return value

    @field_validator("exempt")
    @classmethod
    def _at_no_rate(cls, exempt: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 -- a validator's form
        if exempt and info.data.get("rate"):
            raise PydanticCustomError("exempt", "What is exempt has a rate of 0")
        return exempt

    @field_validator("valid_until")
    @classmethod
    def _after_its_beginning(cls, until: datetime | None, info: ValidationInfo) -> datetime | None:
        start = info.data.get("valid_from")
        if start is not None and until is not None and start >= until:
            raise PydanticCustomError("valid_until", "It ends after it begins")
        return until

    @field_validator("postal_codes")
    @classmethod
    def _each_once(cls, codes: list[str]) -> list[str]:
        once([(code,) for code in codes])
        return codes

    @property
    def fields(self) -> RateFields:
        """What is stored."""
        own = self.model_dump(exclude={"region", "postal_codes", "version"})
        return RateFields(**own, region=region_code(self.country, self.region or ""), codes=sorted(self.postal_codes))


class TaxRateChange(TaxRateIn):
    """What a rate shall be. `version`: the one that was read."""

    version: Version


class TaxRateView(TaxRateChange):
    """A rate as it is."""

    id: UUID
    valid_from: datetime | None = Field(description="Null: since ever", examples=[None])
    valid_until: datetime | None = Field(description="Null: for ever", examples=[None])

    @classmethod
    def of(cls, rate: StoredRate) -> Self:
        """The API's form of a rate."""
        own = {name: getattr(rate, name) for name in cls.model_fields if name not in {"region", "postal_codes"}}
        return cls.model_validate(own | {"region": rate.region or None, "postal_codes": rate.codes})


class TaxRates(Page[TaxRateView]):
    """A part of the list of rates."""


class ShippingTaxModel(Model):
    """How shipping is taxed in a country, or one of its regions."""

    country: Country
    region: Region = None
    how: Literal["proportional", "highest", "own", "untaxed"] = Field(
        description="As the goods by their value, at their highest rate, by `tax_class`, or not at all"
    )
    tax_class: TaxClass = Field(default=STANDARD, description="Of `own`")


class TaxSettingsModel(Model):
    """Where the shop is, and how its prices are listed."""

    home: DestinationModel | None = Field(
        description="Where the shop is taxed. Null: then nothing is an export, and no business owes the tax itself"
    )
    prices_without_tax: list[PriceCurrency] = Field(
        max_length=50, description="Currencies whose listed prices do not hold the tax: it comes on top"
    )
    shipping: list[ShippingTaxModel] = Field(
        max_length=300, description="Elsewhere shipping is taxed as the goods, by their value"
    )
    version: Version

    @field_validator("prices_without_tax")
    @classmethod
    def _each_currency_once(cls, codes: list[str]) -> list[str]:
        once([(code,) for code in codes])
        return codes

    @field_validator("shipping")
    @classmethod
    def _each_place_once(cls, rules: list[ShippingTaxModel]) -> list[ShippingTaxModel]:
        once([(rule.country, region_code(rule.country, rule.region or "")) for rule in rules])
        return rules

    @property
    def stored(self) -> tuple[TaxSettings, ShippingTaxes]:
        """What is stored."""
        home = self.home
        region = region_code(home.country, home.region or "") if home else ""
        code = (home.postal_code or "") if home else ""
        rules = {
            (each.country, region_code(each.country, each.region or "")): ShippingTaxRule(each.how, each.tax_class)
            for each in self.shipping
        }
        return TaxSettings(
            home.country if home else None, region, code, sorted(self.prices_without_tax), self.version
        ), rules

    @classmethod
    def of(cls, settings: TaxSettings, shipping: ShippingTaxes) -> Self:
        """The API's form of the settings."""
        home = None
        if settings.country:
            home = DestinationModel(
                country=settings.country, region=settings.region or None, postal_code=settings.postal_code or None
            )
        rules = [
            ShippingTaxModel(country=country, region=region or None, how=rule.how, tax_class=rule.tax_class)
            for (country, region), rule in sorted(shipping.items(), key=lambda each: each[0])
        ]
        return cls(home=home, prices_without_tax=settings.without_tax, shipping=rules, version=settings.version)
