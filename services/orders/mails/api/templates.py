"""The words of mails about orders, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path

from chassis.auth import require
from chassis.mail.letter import Words
from chassis.problems import Invalid, responses
from chassis.shop_profile import MailTemplate, MailTemplateChange, MailTemplates
from orders.context import Ctx
from orders.mails.api.models import MailKind, MailPreview
from orders.mails.usecases.delete_template import delete_template
from orders.mails.usecases.list_templates import list_templates
from orders.mails.usecases.preview_mail import preview_mail
from orders.mails.usecases.write_template import write_template

router = APIRouter(prefix="/api/v1/admin/mails", tags=["staff: orders"])
_READ, _WRITE = [Depends(require("settings:read"))], [Depends(require("settings:write"))]
_ONE = "/{kind}/templates/{language}"
Kind = Annotated[MailKind, Path(description="What the mail is about", examples=["shipped"])]
Language = Annotated[Literal["en", "de"], Path(description="In which it is written", examples=["en"])]


@router.get("/templates", summary="List the words of mails", dependencies=_READ)
async def list_mail_templates(ctx: Ctx) -> MailTemplates:
    """Of each mail in each language: what the shop's people wrote, else the built-in words."""
    return MailTemplates(items=await list_templates(ctx))


@router.put(_ONE, summary="Write the words of a mail", dependencies=_WRITE, responses=responses(Invalid))
async def write_mail_template(kind: Kind, language: Language, body: MailTemplateChange, ctx: Ctx) -> MailTemplate:
    """Subject and text, in place of those that were there. Mails have them within seconds."""
    return await write_template(ctx, kind.value, language, body.subject, body.body)


@router.delete(_ONE, status_code=204, summary="Delete the shop's own words of a mail", dependencies=_WRITE)
async def delete_mail_template(kind: Kind, language: Language, ctx: Ctx) -> None:
    """The built-in words are sent again. Where there are no others, that is no fault."""
    await delete_template(ctx, kind.value, language)


@router.post(f"{_ONE}/preview", summary="Preview words of a mail", dependencies=_READ, responses=responses(Invalid))
async def preview_mail_template(kind: Kind, language: Language, body: MailTemplateChange, ctx: Ctx) -> MailPreview:
    """About an example, with words that are not stored. Show the HTML where no script runs."""
    found = preview_mail(ctx, kind.value, language, Words.of(body.subject, body.body))
    return MailPreview(kind=kind, language=found.language, subject=found.subject, text=found.text, html=found.html)
