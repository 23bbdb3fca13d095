"""Types of request and response fields. All of them refuse control characters; models refuse unknown fields."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Generic, Self, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from chassis.values import Money, sellable

T = TypeVar("T")

# C0 and C1 controls, the overrides of direction, which turn round what follows them on a page, and what no UTF-8
# text may hold: lone surrogates and the two non-characters.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]")
_LINE_BREAKS = re.compile("[\t\n\r\u2028\u2029]")
# Invisible characters: format characters (direction marks, zero-width ones, tags), private ones, and the
# letters that look like nothing. The joiners U+200C and U+200D are spelling in some scripts, and nothing elsewhere.
_UNSEEN = frozenset({"Cf", "Co", "Zl", "Zp"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")
_JOINED = re.compile("[\u0600-\u06ff\u0700-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
# What a mail program makes a link of. People write initials ("J.R.R.") and short titles ("Dr.Who") without a space.
_LINK = re.compile(
    r"""
      :// | (?<!\w)www\s*\. | \.\w{2,}/
    | (?<![\w-])(?!(?:dipl|dr|fr|hr|ing|jr|ma|med|mme|mr|mrs|ms|phil|prof|rer|sr|st|ste)\.)[\w-]{2,}
      \.(?!(?:dipl|dr|ing|jr|med|phil|prof|rer|sr)(?!\w))[^\W\d_]{2,}
    | (?<![\w-])\w\.(?:app|biz|cc|co|com|dev|gg|info|io|link|ly|me|net|org|to|tv|xyz)(?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
MAX_INT64 = 2**63 - 1


class Model(BaseModel):
    """A request or response body: unknown fields are refused, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _text(value: str) -> str:
    if _CONTROLS.search(value):
        raise PydanticCustomError("control_character", "Control characters are not allowed")
    return value


def _line(value: str) -> str:
    if _LINE_BREAKS.search(value):
        raise PydanticCustomError("line_break", "Line breaks are not allowed")
    return _text(value)


def _visible(value: str) -> str:
    if value.isascii():
        return value  # its controls are refused before
    for place, letter in enumerate(value):
        joins = letter in _JOINERS and place > 0 and _JOINED.match(value[place - 1]) is not None
        if (unicodedata.category(letter) in _UNSEEN or letter in _BLANK_LETTERS) and not joins:
            raise PydanticCustomError("unseen_character", "Invisible characters and direction marks are not allowed")
    return value


def is_link(text: str) -> bool:
    """Whether a mail program might show a part of it as a link, in whatever width its letters are."""
    return _LINK.search(unicodedata.normalize("NFKC", text).replace("\u3002", ".")) is not None


def _no_link(value: str) -> str:
    if is_link(value):
        raise PydanticCustomError("link", "A name cannot hold a web or e-mail address")
    return value


def _email(value: str) -> str:
    try:
        checked = validate_email(_line(value), check_deliverability=False)
    except EmailNotValidError as wrong:
        raise PydanticCustomError("email", "{reason}", {"reason": str(wrong)}) from None
    return checked.normalized.lower()


def mailbox_of(email: str) -> str:
    """What mails to an address in canonical form are counted by; never to be written to.

    The great providers deliver a.da+x@ to ada@: counted by address, one person could be written to without end.
    """
    local, _, domain = email.rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def _sellable(value: str) -> str:
    if not sellable(value):
        raise PydanticCustomError("currency", "No shop sells in this: it must be an ISO 4217 currency such as EUR")
    return value


def _bounded(value: object) -> object:
    # A long text is refused before it is parsed.
    if isinstance(value, str) and len(value) > 254:
        raise PydanticCustomError("string_too_long", "An e-mail address has at most 254 characters")
    return value


SingleLine = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_line)
]
"""One line of 1 to 200 characters, stripped. Narrow it: Annotated[SingleLine, Field(max_length=80)]."""

VisibleSingleLine = Annotated[SingleLine, AfterValidator(_visible)]
"""A line that looks like what it is: without invisible characters and direction marks."""

PersonName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(_line),
    AfterValidator(_visible),
    AfterValidator(_no_link),
    Field(examples=["Ada Lovelace"]),
]
"""What a person calls themselves, 1 to 120 characters: a visible line without a link, as it may be shown in a mail."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), AfterValidator(_text)]
"""Up to 10,000 characters in any number of lines."""

LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60_000), AfterValidator(_text)
]
"""Up to 60,000 characters in any number of lines."""

Email = Annotated[
    str,
    BeforeValidator(_bounded),
    AfterValidator(_email),
    Field(json_schema_extra={"format": "email"}, max_length=254, examples=["ada@example.com"]),
]
"""An address in canonical form: normalised (NFC, IDNA) and in lower case, so that it is unique as it stands."""

Quantity = Annotated[int, Field(strict=True, ge=1, le=999, examples=[1])]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["EUR"])]
PriceCurrency = Annotated[Currency, AfterValidator(_sellable)]
"""Of prices that are being set: a currency that a shop can sell in, whether or not it does so now."""
Amount = Annotated[int, Field(strict=True, ge=0, le=MAX_INT64, description="Minor units (cents)", examples=[2500])]


class SignedMoney(Model):
    """An amount in minor units, which may be below 0, with its currency."""

    amount: Annotated[
        int, Field(strict=True, ge=-MAX_INT64, le=MAX_INT64, description="Minor units; below 0 too", examples=[0])
    ]
    currency: Currency

    @classmethod
    def of(cls, money: Money) -> Self:
        """The API's form of an amount."""
        return cls(amount=money.amount, currency=money.currency)


class MoneyModel(SignedMoney):
    """An amount in minor units with its currency."""

    amount: Amount


class Page(Model, Generic[T]):
    """A part of a list. `next_cursor` is null at its end."""

    items: list[T]
    next_cursor: str | None = Field(description="Pass it as `cursor` to go on", examples=[None])
