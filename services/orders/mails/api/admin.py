"""Mails, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from chassis import audit
from chassis.auth import Principal, require
from orders.context import Ctx
from orders.mails.api.models import MailKind, MailPreview
from orders.mails.usecases.preview_mail import preview_mail

router = APIRouter(prefix="/api/v1/admin/mails", tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require("orders:read"))]


@router.get("/{kind}/preview", summary="A mail as customers get it", operation_id="read_mail_preview")
async def preview(
    kind: MailKind,
    ctx: Ctx,
    _staff: Reader,
    locale: Annotated[Literal["en", "de"] | None, Query(description="Left out: the shop's own")] = None,
) -> MailPreview:
    """About an example, with this shop's name, colour and logo. Show the HTML where no script runs."""
    found = preview_mail(ctx, kind.value, locale)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "mail.previewed", f"mail:{kind.value}")
    return MailPreview(kind=kind, language=found.language, subject=found.subject, text=found.text, html=found.html)
