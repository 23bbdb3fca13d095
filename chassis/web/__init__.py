"""What HTTP needs around a handler: middleware, errors, OpenAPI, schemas, pagination, health, idempotency."""

from chassis.web.idempotency import REPLAYED, IdempotentResponse, idempotent, request_hash, was_sent
from chassis.web.idempotency_key import IdempotencyKey
from chassis.web.openapi import Glossary
from chassis.web.pagination import ABOUT_CURSOR, Cursor, Paged, PageParams
from chassis.web.schemas import (
    Currency,
    Email,
    Model,
    MoneyModel,
    Page,
    PersonName,
    PriceCurrency,
    Quantity,
    SignedMoney,
    SingleLine,
    Text,
    VisibleSingleLine,
    is_link,
    mailbox_of,
)

__all__ = [
    "ABOUT_CURSOR",
    "REPLAYED",
    "Currency",
    "Cursor",
    "Email",
    "Glossary",
    "IdempotencyKey",
    "IdempotentResponse",
    "Model",
    "MoneyModel",
    "Page",
    "PageParams",
    "Paged",
    "PersonName",
    "PriceCurrency",
    "Quantity",
    "SignedMoney",
    "SingleLine",
    "Text",
    "VisibleSingleLine",
    "idempotent",
    "is_link",
    "mailbox_of",
    "request_hash",
    "was_sent",
]
