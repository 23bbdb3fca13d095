"""Requests and responses about one's own account."""

from __future__ import annotations

from pydantic import Field

from chassis.web import Email, Model
from identity.api.schemas import AnyPassword, LinkToken, Password


class PasswordResetRequest(Model):
    """Whose password was lost."""

    email: Email


class LinkMailed(Model):
    """The same whether or not the address has an account: its owner learns that by mail."""

    email: str = Field(description="Where the mail goes, as we write it", examples=["ada@example.com"])
    expires_in: int = Field(description="Seconds for which the link is good", examples=[3_600])


class PasswordResetCompletion(Model):
    """The token of the link that was mailed, and the new password."""

    token: LinkToken
    password: Password = Field(description="8 to 128 characters; longer is better, no other rules")


class PasswordChange(Model):
    """The present password and the new one."""

    current_password: AnyPassword = Field(description="That they sign in with until now")
    password: Password = Field(description="8 to 128 characters; longer is better, no other rules")


class EmailChangeRequest(Model):
    """The new address, and the account's password."""

    email: Email
    password: AnyPassword


class LinkUse(Model):
    """The token of a link that was mailed."""

    token: LinkToken
