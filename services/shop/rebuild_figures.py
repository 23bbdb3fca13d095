"""Has sales figures made anew of what orders and payments hold: `python -m shop.rebuild_figures --yes`.

For an operator, where the books say that figures are not what the ledger has. The service reads on page by page, in the
background; what is there stays until the page of it is read. Run it in the service's environment.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

import asyncpg

from chassis import audit
from chassis.config import WrongSettings, read_settings
from chassis.db import UNREACHABLE, Database
from shop.figures import start_reading
from shop.settings import ShopSettings


async def _run() -> None:
    settings = read_settings(ShopSettings)
    db = Database(settings.database_url.get_secret_value(), name="shop-rebuild-figures", size=1)
    await db.connect()
    try:
        async with db.write() as tx:
            await start_reading(tx)
            await audit.record(tx, "figures.rebuilt")
    finally:
        await db.close()


def main() -> None:
    """Note down that all is to be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--yes", action="store_true", help="say that you mean it")
    if not parser.parse_args().yes:
        sys.exit("Orders and payments are read from their beginning. If you mean it, say --yes. Nothing was changed.")
    try:
        asyncio.run(_run())
    except UNREACHABLE as error:
        sys.exit(f"The database of shop does not answer. Try again when it does. ({error})")
    except (WrongSettings, OSError, ValueError, asyncpg.PostgresError) as error:
        sys.exit(str(error))
    print("Sales figures are made anew; `select * from figure_readings` shows how far that is.")  # noqa: T201


if __name__ == "__main__":
    main()
