"""Bodies of requests and answers about webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import msgspec
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError
from yarl import URL

from chassis.web import Model, VisibleSingleLine
from shop.fields import EachOnce, Version
from shop.webhooks.domain.signature import secret, written
from shop.webhooks.domain.types import Type
from shop.webhooks.store.deliveries import Logged
from shop.webhooks.store.endpoints import Endpoint, Wish

_TYPES = ["order.paid", "order.refunded"]
State = Literal["waiting", "delivered", "failed"]


def _address(value: str) -> str:
    try:
        url = URL(value)
        usable = bool(url.host) and url.user is None and url.password is None and not url.fragment
    except (ValueError, UnicodeError):
        usable = False
    if not usable:
        raise PydanticCustomError("address", "It must be https://host/path, without a name, a password and a fragment")
    return value


Address = Annotated[
    str, StringConstraints(pattern=r"^https?://[!-;=?-~]{1,490}$", max_length=500), AfterValidator(_address)
]


class NewWebhook(Model):
    """An endpoint that is wanted."""

    url: Address = Field(
        description="Where messages go: https, and public", examples=["https://erp.example.com/hooks/mercat"]
    )
    title: Annotated[VisibleSingleLine, Field(max_length=100)] = Field(description="What it is", examples=["ERP"])
    types: Annotated[list[Type], Field(min_length=1, max_length=50), EachOnce] = Field(
        description="The events that it is told of", examples=[_TYPES]
    )

    def wish(self, status: str = "on") -> Wish:
        """What is to be stored."""
        return Wish(self.url, self.title, list(self.types), status)


class WebhookChange(NewWebhook):
    """The endpoint that is wanted, all of it."""

    status: Literal["on", "off"] = Field(description="`off`: nothing is sent to it", examples=["on"])
    version: Version


class SecretChange(Model):
    """Of which version the endpoint is whose secret is to change."""

    version: Version


class WebhookView(Model):
    """An endpoint."""

    id: UUID
    url: str = Field(description="Where messages go", examples=["https://erp.example.com/hooks/mercat"])
    title: str = Field(description="What it is", examples=["ERP"])
    types: list[str] = Field(description="The events that it is told of", examples=[_TYPES])
    status: Literal["on", "off"] = Field(description="`off`: nothing is sent to it", examples=["on"])
    off_reason: Literal["staff", "gone", "failing"] | None = Field(
        description="Why it is off: by staff, it answered 410, or it took nothing for three days", examples=[None]
    )
    failing_since: datetime | None = Field(description="Since when it takes nothing; null: it works", examples=[None])
    version: Version
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, found: Endpoint) -> Self:
        """The API's form of an endpoint."""
        shown = {name: getattr(found, name) for name in cls.model_fields}
        return cls.model_validate(shown)


class WebhookSecrets(Model):
    """What signs the messages of an endpoint."""

    secret: str = Field(
        description="Of Standard Webhooks: keep it as a secret",
        examples=["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],
    )
    old_secret: str | None = Field(
        description="The one before, which signs too until a day after the change; null: none", examples=[None]
    )

    @classmethod
    def of(cls, found: Endpoint, key: bytes) -> Self:
        """The API's form of the secrets."""
        shown = [written(secret(key, found.id, number)) for number in found.secret_numbers]
        return cls(secret=shown[0], old_secret=shown[1] if len(shown) > 1 else None)


class DeliveryView(Model):
    """A message of an endpoint, and what became of it."""

    message_id: UUID
    type: str = Field(description="The event, or webhook.test", examples=["order.paid"])
    state: State = Field(description="What became of it", examples=["delivered"])
    tries: int = Field(
        description="How often it was sent; where staff had it sent again, since the last time that they did",
        examples=[1],
    )
    last_status: int | None = Field(description="What the last try was answered; null: nothing", examples=[204])
    last_error: str | None = Field(description="Why the last try had no answer; null: it had one", examples=[None])
    created_at: datetime
    last_try_at: datetime | None = Field(description="When it was sent last, in UTC; null: never")
    due_at: datetime | None = Field(description="When it is sent next, in UTC; null: not any more", examples=[None])
    body: dict[str, Any] = Field(
        description="What is sent", examples=[{"type": "order.paid", "timestamp": "2026-11-29T12:00:00Z", "data": {}}]
    )

    @classmethod
    def of(cls, line: Logged) -> Self:
        """The API's form of a line of the log."""
        return cls(**msgspec.structs.asdict(line) | {"body": msgspec.json.decode(line.body)})


class TestSent(Model):
    """A test that was written."""

    message_id: UUID
