"""Requests and responses of identity."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from chassis.web import Email, Model, PersonName
from identity import store
from identity.domain.mailed_links import PATTERN as TOKEN_PATTERN
from identity.domain.passwords import MAX_LENGTH, MIN_LENGTH

# Taken as it is: a password is never stripped, changed or cut.
Password = Annotated[
    str,
    StringConstraints(min_length=MIN_LENGTH, max_length=MAX_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(examples=["correct horse battery staple"]),
]
AnyPassword = Annotated[
    str, StringConstraints(min_length=1, max_length=1000), Field(examples=["correct horse battery staple"])
]
AnyCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-Za-z -]{6,24}$", min_length=6, max_length=24),
    Field(examples=["492039"], description="Six digits of the application, or a recovery code"),
]
# That of a mailed link.
LinkToken = Annotated[str, StringConstraints(pattern=TOKEN_PATTERN), Field(examples=["0" * 32 + "." + "A" * 43])]
# A built-in one, or one of the store (identity.own_roles).
MailLanguage = Literal["en", "de"]
Role = Annotated[str, StringConstraints(min_length=2, max_length=40, pattern=r"^[a-z][a-z0-9-]{1,39}$")]


class Registration(Model):
    """A request for an account. Its name and password are chosen with the link that comes by mail."""

    email: Email
    language: MailLanguage | None = Field(default=None, description="Of this mail and later ones", examples=["de"])


class Registered(Model):
    """The same whether or not the address has an account: its owner learns that by mail."""

    email: str = Field(description="Where the mail goes, as we write it", examples=["ada@example.com"])
    expires_in: int = Field(description="Seconds for which the link is good", examples=[86_400])
    token: str | None = Field(
        description="What the link holds, in a store that confirms no addresses by mail; else null", examples=[None]
    )


class Confirmation(Model):
    """The token of the link that was mailed, and what its account is to have."""

    token: LinkToken
    password: Password = Field(description="8 to 128 characters; longer is better, no other rules")
    name: PersonName | None = None


class SignIn(Model):
    """An address and its password; and a code, where the account has a second factor."""

    email: Email
    password: AnyPassword
    code: AnyCode | None = None


class AccountOut(Model):
    """An account, for its owner and for staff."""

    id: UUID
    email: str = Field(examples=["ada@example.com"])
    name: str | None = Field(examples=["Ada Lovelace"])
    language: str | None = Field(description="Of mails; null: the shop's first", examples=["de"])
    roles: list[str] = Field(examples=[["customer"]])
    status: Literal["active", "disabled"] = Field(examples=["active"])
    created_at: datetime

    @classmethod
    def of(cls, account: store.Account) -> AccountOut:
        """The API's form of an account."""
        return cls.model_validate(account, from_attributes=True)


class SignedIn(Model):
    """An access token. The refresh token comes in the cookie `__Host-refresh`, which no script can read."""

    access_token: str = Field(description="Send it as `Authorization: Bearer ...`", examples=["eyJhbGciOi..."])
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 -- the kind of the token
    expires_in: int = Field(description="Seconds; refresh before", examples=[300])
    session_id: UUID
    account: AccountOut
    lacks_second_factor: bool = Field(
        description="The store asks staff for one, and this session has shown none: it has no right of theirs",
        examples=[False],
    )


class SessionOut(Model):
    """A place where somebody is signed in."""

    id: UUID
    current: bool = Field(description="The one that asks")
    user_agent: str | None = Field(examples=["Mozilla/5.0"])
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, session: store.Session, current: UUID) -> SessionOut:
        """The API's form of a session; `current`: the id of the session that asks."""
        return cls(
            id=session.id,
            current=session.id == current,
            user_agent=session.user_agent,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.absolute_until,
        )


class Sessions(Model):
    """At most 20."""

    items: list[SessionOut]


class Roles(Model):
    """All roles that an account shall have."""

    roles: Annotated[list[Role], Field(min_length=1, max_length=20, examples=[["customer", "support"]])]


class AccountLanguage(Model):
    """The language of the mails to an account."""

    language: MailLanguage | None = Field(description="null: the shop's first", examples=["de"])


class AccountStatus(Model):
    """Whether the account may be used."""

    status: Literal["active", "disabled"] = Field(examples=["active"])


class JsonWebKeySet(Model):
    """RFC 7517: the keys that verify access tokens."""

    keys: list[dict[str, str]]
