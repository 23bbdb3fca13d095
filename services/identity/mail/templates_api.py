"""The words of mails about accounts, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from chassis.auth import require
from chassis.mail.letter import Words
from chassis.problems import Invalid, responses
from chassis.shop_profile import MailTemplate, MailTemplateChange, MailTemplates
from chassis.web import Model
from identity.context import Ctx
from identity.mail.usecases.delete_template import delete_template
from identity.mail.usecases.list_templates import list_templates
from identity.mail.usecases.preview_template import preview_template
from identity.mail.usecases.write_template import write_template

router = APIRouter(prefix="/api/v1/admin/accounts/mails", tags=["staff: accounts"])
_READ, _WRITE = [Depends(require("settings:read"))], [Depends(require("settings:write"))]
_ONE = "/{kind}/templates/{language}"


class AccountMailKind(StrEnum):
    """What a mail about an account says."""

    CONFIRM = "confirm"
    HAS_ACCOUNT = "has_account"
    NO_ACCOUNT = "no_account"
    EMAIL_TAKEN = "email_taken"
    EMAIL_CONFIRMATION = "email_confirmation"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_RESET = "password_reset"  # noqa: S105 -- the name of a mail
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- the name of a mail
    ERASURE_ASKED = "erasure_asked"
    ERASURE_WAITS = "erasure_waits"
    ERASED = "erased"
    EXPORT_READY = "export_ready"
    FACTOR_SET_UP = "factor_set_up"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODES_DRAWN = "recovery_codes_drawn"
    INVITATION = "invitation"


class AccountMailPreview(Model):
    """A mail about an example."""

    kind: AccountMailKind = Field(description="Which mail", examples=["confirm"])
    language: str = Field(description="In which it is written", examples=["en"])
    subject: str = Field(description="Its subject", examples=["Confirm your address"])
    text: str = Field(description="As plain text", examples=["Hello"])
    html: str = Field(description="As HTML", examples=["<p>Hello</p>"])


Kind = Annotated[AccountMailKind, Path(description="Which mail", examples=["confirm"])]
Language = Annotated[Literal["en", "de"], Path(description="In which it is written", examples=["en"])]


@router.get("/templates", summary="List the words of mails about accounts", dependencies=_READ)
async def list_account_mail_templates(ctx: Ctx) -> MailTemplates:
    """Of each mail in each language: what the shop's people wrote, else the built-in words."""
    return MailTemplates(items=await list_templates(ctx))


@router.put(_ONE, summary="Write the words of a mail about accounts", dependencies=_WRITE, responses=responses(Invalid))
async def write_account_mail_template(
    kind: Kind, language: Language, body: MailTemplateChange, ctx: Ctx
) -> MailTemplate:
    """Subject and text, in place of those that were there. Mails have them within seconds."""
    return await write_template(ctx, kind.value, language, body.subject, body.body)


@router.delete(
    _ONE, status_code=204, summary="Delete the shop's own words of a mail about accounts", dependencies=_WRITE
)
async def delete_account_mail_template(kind: Kind, language: Language, ctx: Ctx) -> None:
    """The built-in words are sent again. Where there are no others, that is no fault."""
    await delete_template(ctx, kind.value, language)


@router.post(
    f"{_ONE}/preview",
    summary="Preview words of a mail about accounts",
    dependencies=_READ,
    responses=responses(Invalid),
)
async def preview_account_mail_template(
    kind: Kind, language: Language, body: MailTemplateChange, ctx: Ctx
) -> AccountMailPreview:
    """About an example, with words that are not stored. Show the HTML where no script runs."""
    found = preview_template(ctx, kind.value, language, Words.of(body.subject, body.body))
    return AccountMailPreview(
        kind=kind, language=found.language, subject=found.subject, text=found.text, html=found.html
    )
