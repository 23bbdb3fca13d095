"""The file of an export, part by part: no more than one part is in memory."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Literal
from uuid import UUID

from chassis import audit
from chassis.auth import Principal
from identity import audits, rights
from identity.context import IdentityContext
from identity.privacy.domain import files
from identity.privacy.problems import ExportNotFound, ExportNotReady
from identity.privacy.store import exports
from identity.privacy.store.exports import Export

Form = Literal["json", "html"]


async def open_export(ctx: IdentityContext, who: Principal, export_id: UUID) -> Export:
    """The export, if it can be downloaded; a line of the audit log that it is.

    Raises:
        ExportNotFound. ExportNotReady.
        chassis.problems.Unauthenticated: the session has ended meanwhile.
    """
    async with ctx.db.write() as tx:
        account = await rights.authorise(tx, who)
        found = await exports.of_owner(tx, export_id, account.id)
        if found is None:
            raise ExportNotFound("Exports are kept for 7 days. Ask for a new one.")
        if found.ready_at is None:
            raise ExportNotReady("A mail tells when it is ready.")
        await audit.record(tx, "account.export_read", audits.subject(account.id), after={"export_id": found.id})
    return found


async def file_of(ctx: IdentityContext, found: Export, form: Form) -> AsyncIterator[bytes]:
    """The file, as JSON or as a page for people. A file that lacks its last line was cut off."""
    file = files.Json(found.asked_at) if form == "json" else files.Html(found.asked_at)
    yield file.begin()
    async with ctx.db.read() as tx:
        places = await exports.places(tx, found.id)
    for place in places:
        async with ctx.db.read() as tx:
            content = await exports.content(tx, found.id, place)
        if content is None:
            return  # deleted meanwhile: the last line is missing
        yield file.table(place.service, place.about) + file.rows(zlib.decompress(content))
    yield file.end()
