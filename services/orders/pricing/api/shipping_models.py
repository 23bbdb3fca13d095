"""Zones and methods of shipping in requests and answers. Bare amounts are minor units."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chassis.web import Model, PriceCurrency, VisibleSingleLine
from orders.pricing.api.places import PlaceModel, once
from orders.pricing.domain.places import Place
from orders.pricing.domain.shipping import Band, Rate
from orders.pricing.store.methods import MethodFields, StoredMethod
from orders.pricing.store.zones import StoredZone, ZoneFields
from orders.quantities import MAX_TOTAL

Title = Annotated[VisibleSingleLine, Field(max_length=80, examples=["Parcel"])]
Minor = Annotated[int, Field(strict=True, ge=0, le=MAX_TOTAL, examples=[490])]
Days = Annotated[int, Field(strict=True, ge=0, le=365, examples=[2])]
Version = Annotated[
    int, Field(strict=True, ge=1, le=2_147_483_647, description="Changes with each change of it", examples=[1])
]


class ZoneIn(Model):
    """A zone. A destination is in the zone of the narrowest place that holds it; `elsewhere` takes all others."""

    title: Annotated[Title, Field(examples=["Europe"])]
    elsewhere: bool = Field(default=False, description="The rest of the world, without places of its own")
    places: list[PlaceModel] = Field(
        default=[], max_length=500, validate_default=True, description="A place is in one zone only"
    )

    @field_validator("places")
    @classmethod
    def _of_something(cls, places: list[PlaceModel], info: ValidationInfo) -> list[PlaceModel]:
        if info.data.get("elsewhere") == bool(places):
            raise PydanticCustomError("places", "A zone has places, or it is the rest of the world")
        once([(place.country, place.region_code, place.postal_code or "") for place in places])
        return places

    @property
    def fields(self) -> ZoneFields:
        """What is stored."""
        places = (Place(each.country, each.region_code, each.postal_code or "") for each in self.places)
        return ZoneFields(self.title, self.elsewhere, tuple(places))


class ZoneChange(ZoneIn):
    """What a zone shall be. `version`: the one that was read."""

    version: Version


class BandModel(Model):
    """From this value or weight on, up to the next band."""

    at_least: Minor = Field(description="Value of all goods by the list, or grams of what is shipped")
    price: Minor | None = Field(description="Null: the method is not offered from here on")


class RateModel(Model):
    """What a method costs in a currency."""

    currency: PriceCurrency
    bands: list[BandModel] = Field(min_length=1, max_length=50, description="In the order of `at_least`")
    free_from: Minor | None = Field(
        default=None, description="The value of goods from which it is free; null: never", examples=[10_000]
    )

    @field_validator("bands")
    @classmethod
    def _go_up(cls, bands: list[BandModel]) -> list[BandModel]:
        if any(one.at_least >= two.at_least for one, two in pairwise(bands)):
            raise PydanticCustomError("order", "Each band begins above the one before it")
        return bands


class MethodIn(Model):
    """A way to ship an order, or to have it fetched."""

    title: Title
    kind: Literal["delivery", "pickup"] = "delivery"
    basis: Literal["value", "weight"] = Field(default="value", description="What `at_least` of its bands counts")
    min_days: Days | None = Field(default=None, description="From the order to the door, at least")
    max_days: Days | None = Field(
        default=None, description="From the order to the door, at most", validate_default=True
    )
    pickup_at: Annotated[VisibleSingleLine, Field(max_length=200)] | None = Field(
        default=None, description="Of a pickup: where", examples=[None], validate_default=True
    )
    active: bool = Field(default=True, description="Whether it is offered")
    position: Annotated[int, Field(strict=True, ge=0, le=1000, description="Its place among the zone's methods")] = 0
    rates: list[RateModel] = Field(min_length=1, max_length=50, description="One a currency")

    @field_validator("max_days")
    @classmethod
    def _after_min_days(cls, most: int | None, info: ValidationInfo) -> int | None:
        least = info.data.get("min_days")
        if (least is None) != (most is None) or (least or 0) > (most or 0):
            raise PydanticCustomError("days", "Give both min_days and max_days, the lower one first, or neither")
        return most

    @field_validator("pickup_at")
    @classmethod
    def _of_a_pickup(cls, where: str | None, info: ValidationInfo) -> str | None:
        if (info.data.get("kind") == "pickup") != (where is not None):
            raise PydanticCustomError("pickup_at", "A pickup, and nothing else, says where")
        return where

    @field_validator("rates")
    @classmethod
    def _each_currency_once(cls, rates: list[RateModel]) -> list[RateModel]:
        once([(rate.currency,) for rate in rates])
        return rates

    @property
    def fields(self) -> MethodFields:
        """What is stored."""
        rates = {
            rate.currency: Rate(tuple(Band(each.at_least, each.price) for each in rate.bands), rate.free_from)
            for rate in self.rates
        }
        own = self.model_dump(exclude={"rates", "version"})
        return MethodFields(**own, rates=rates)


class MethodChange(MethodIn):
    """What a method shall be. `version`: the one that was read."""

    version: Version


class MethodView(MethodChange):
    """A method as it is."""

    id: UUID

    @classmethod
    def of(cls, method: StoredMethod) -> Self:
        """The API's form of a method."""
        own = {name: getattr(method, name) for name in cls.model_fields if name != "rates"}
        return cls.model_validate(own | {"rates": [_rate(*each) for each in sorted(method.rates.items())]})


def _rate(currency: str, rate: Rate) -> dict[str, Any]:
    bands = [{"at_least": band.at_least, "price": band.price} for band in rate.bands]
    return {"currency": currency, "bands": bands, "free_from": rate.free_from}


class ZoneView(ZoneChange):
    """A zone with its methods."""

    id: UUID
    methods: list[MethodView] = Field(description="In their order")

    @classmethod
    def of(cls, zone: StoredZone) -> Self:
        """The API's form of a zone."""
        places = [
            {"country": each.country, "region": each.region or None, "postal_code": each.postal or None}
            for each in zone.places
        ]
        own = {"id": zone.id, "title": zone.title, "elsewhere": zone.elsewhere, "version": zone.version}
        return cls.model_validate(own | {"places": places, "methods": [MethodView.of(each) for each in zone.methods]})


class Zones(Model):
    """All zones, by title."""

    items: list[ZoneView]
