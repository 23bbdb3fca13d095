"""Keep a file that is to be imported, and tell what its columns hold."""

from __future__ import annotations

import asyncio
from uuid import UUID

from catalog.context import CatalogContext
from catalog.import_runs.problems import TooManyFiles
from catalog.import_runs.store import files
from catalog.importing import Inspected, inspect
from chassis import audit
from chassis.resilience import failpoints


async def keep_file(
    ctx: CatalogContext, file_id: UUID, content: bytes, name: str, encoding: str | None, account_id: UUID
) -> Inspected:
    """Once for each id.

    Raises:
        catalog.importing.NotAnExport: it is no text with rows. TooManyFiles.
    """
    found = await asyncio.to_thread(inspect, content, encoding)
    async with ctx.db.write() as tx:
        if not await files.add(tx, file_id, name, content, encoding, account_id):
            raise TooManyFiles(f"{files.MOST} files are kept, each for {files.DAYS} days.", limit=files.MOST)
        await audit.record(tx, "import_file.uploaded", f"import_file:{file_id}", after={"bytes": len(content)})
    await failpoints.point("import_file.kept")
    return found
