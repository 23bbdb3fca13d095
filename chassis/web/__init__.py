"""What HTTP needs around a handler: middleware, errors, OpenAPI, schemas, pagination, health, idempotency."""

from chassis.web.idempotency import REPLAYED, IdempotentResponse, idempotent, request_hash, was_sent
from chassis.web.idempotency_key import IDEMPOTENCY_PROBLEMS, IdempotencyKey
from chassis.web.openapi import Glossary
from chassis.web.pagination import ABOUT_CURSOR, Cursor, Paged, PageParams
from chassis.web.preconditions import PRECONDITION_PROBLEMS, IfMatch, VersionChanged, check_version, etag, if_match
from chassis.web.schemas import (
    Currency,
    Email,
    LongText,
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
    "IDEMPOTENCY_PROBLEMS",
    "PRECONDITION_PROBLEMS",
    "REPLAYED",
    "Currency",
    "Cursor",
    "Email",
    "Glossary",
    "IdempotencyKey",
    "IdempotentResponse",
    "IfMatch",
    "LongText",
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
    "VersionChanged",
    "VisibleSingleLine",
    "check_version",
    "etag",
    "idempotent",
    "if_match",
    "is_link",
    "mailbox_of",
    "request_hash",
    "was_sent",
]
