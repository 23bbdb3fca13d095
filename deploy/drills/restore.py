"""`make drill-restore`: a store's data are destroyed and restored to a second, and all books agree with the provider.

The whole store runs on a PostgreSQL whose log is archived into S3 by barman-cloud; its pictures are in S3 too. While
shoppers buy and people are erased, customers are deleted by mistake, and then the database's folder and some pictures
are lost. All is restored to a second before the mistake, `after_restore` of every service runs, and the store sells
again: RTO. Who was erased since is erased again. At last the newest state that the archive has is restored: RPO. Exits
with 1 where books do not agree, an earlier order is missing, or something of an erased person is found. `--without
after-restore`, `objects` or `erasures` leaves that step out: then it must complain, else it is blind.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.drills import archived, objects, restored
from deploy.drills.archived import Archive
from deploy.drills.erasures import People, again, planted_people, words_left
from deploy.drills.journal import Journal, loss, sell
from mercat.config import services
from mercat.data.catalog_loader import load
from mercat.data.demo_shop import FILES, demo_products
from mercat.installation import Installation
from proofs import erasure
from proofs.erasure.planted import erase, left
from proofs.shopper import Shopper, shopper
from proofs.store import ProofStore, mercat, running_store

STEPS = ("after-restore", "objects", "erasures")
OFFSET = int(os.environ.get("MERCAT_DRILL_OFFSET", "900"))
# How long shoppers buy before the moment that is restored, and how long after it until the mistake.
BEFORE, AFTER = 8.0, 1.0
LOST_PICTURES = 5


@dataclass
class Disaster:
    """The restored moment and that of the loss. `refunded`: an intent that was refunded between them; `session`: the
    refresh token of a session that was ended between them.
    """

    target: datetime
    at: datetime
    refunded: str
    session: str


@dataclass(frozen=True)
class Shop:
    """The store, its archive, what it acknowledged, a customer who signs out, and people who are erased."""

    store: ProofStore
    archive: Archive
    journal: Journal
    customer: Shopper
    people: People


async def drill(folder: Path, skipped: str | None) -> list[str]:
    """Run it; complaints."""
    with objects.running(folder) as server:
        archive = archived.opened(folder, server)
        with ExitStack() as first:
            postgres = first.enter_context(archived.running(archive, "first", archiving=True))
            settings = await restored.make_databases(archive)
            settings |= {"MEDIA_URL": f"s3://{objects.MEDIA}", **server.environment, **erasure.SETTINGS}
            os.environ.update(settings)
            async with (
                running_store(offset=OFFSET, settings=settings) as store,
                shopper(store) as customer,
                planted_people(store) as people,
            ):
                archive.back_up()
                shop = Shop(store, archive, Journal(), customer, people)
                disaster = await _destroy(shop, postgres.pid)
                first.close()
                complaints = await _come_back(shop, disaster, skipped)
        if skipped is None:
            await _tell_newest(archive, shop.journal, disaster.at)
    return complaints


async def _come_back(shop: Shop, disaster: Disaster, skipped: str | None) -> list[str]:
    """Restore, sell again, erase again, and compare all books; complaints."""
    store, archive, journal = shop.store, shop.archive, shop.journal
    began = time.monotonic()
    with ExitStack() as second:
        seconds = await _restore(store, archive, disaster, skipped, second)
        await restored.paid_order(store)
        rto = time.monotonic() - began
        _tell(archive, journal, disaster, rto, seconds)
        complaints = await restored.lost_orders(store, journal, disaster.target)
        complaints += await restored.session_ended(shop.customer, disaster.session)
        complaints += await restored.pictures(store, archive.objects)
        complaints += await again(store, shop.people, disaster.target, skipped=skipped == "erasures")
        complaints += await restored.books(store, disaster.refunded)
        return complaints + await words_left(store, archive, shop.people)


async def _destroy(shop: Shop, postmaster: int) -> Disaster:
    """Sell; then delete customers by mistake, and lose the database's folder and some pictures."""
    store, archive, customer, people = shop.store, shop.archive, shop.customer, shop.people
    await customer.register()
    session = await restored.session_of(customer)
    await erase(store, people.staff, people.earlier)
    people.complaints += await left(store, people.earlier.words)
    # The log of what came before does not hold up that of the trade, which RPO is measured by.
    await archived.hurry(archive)
    await archived.archived(archive)
    end = asyncio.Event()
    selling = asyncio.create_task(sell(store, shop.journal, end))
    try:
        await asyncio.to_thread(_add_products, store.store)
        await asyncio.sleep(BEFORE)
        refunded = await restored.intent_of(store, await restored.paid_order(store))
        target = await archived.ask(archive, "select clock_timestamp()")
        assert isinstance(target, datetime)  # noqa: S101 -- narrows the type
        await asyncio.sleep(AFTER)
        await erase(store, people.staff, people.later)
        await restored.refund(store, refunded)
        await restored.sign_out(customer)
        await store.rows("identity", "truncate accounts, sessions cascade")
        await archived.archived(archive)
        os.kill(postmaster, signal.SIGKILL)
        at = datetime.now(UTC)
        shutil.rmtree(archive.folder / "first")
        for key in sorted(archive.objects.keys(objects.MEDIA))[:LOST_PICTURES]:
            archive.objects.client.delete_object(Bucket=objects.MEDIA, Key=key)
    finally:
        end.set()
        await selling
    return Disaster(target, at, refunded, session)


def _add_products(installation: Installation) -> None:
    """Three products with pictures, while the store sells."""
    products = demo_products("EUR")[:3]
    for product in products:
        product["handle"] = f"new-{product['handle']}"
        for variant in product["variants"]:
            variant["sku"] = f"NEW-{variant['sku']}"
    file = installation.state / "new-products.json"
    file.write_text(json.dumps(products), encoding="utf-8")
    for _ in load(installation, "--demo", str(file), "--media", str(FILES)):
        pass


async def _restore(
    store: ProofStore, archive: Archive, disaster: Disaster, skipped: str | None, stack: ExitStack
) -> dict[str, float]:
    """Bring database, pictures and services back; the seconds that each step took."""
    taken, last = {}, time.monotonic()

    def step(name: str) -> None:
        nonlocal last
        taken[name], last = time.monotonic() - last, time.monotonic()

    variables = {"MERCAT_STATE": str(store.store.state), "MERCAT_PORT_OFFSET": str(OFFSET), **store.settings}
    await mercat("down", **variables)
    step("services stopped")
    await asyncio.to_thread(archive.fetch, "second", disaster.target)
    step("base backup fetched")
    stack.enter_context(archived.running(archive, "second", archiving=False))
    await archived.recovered(archive)
    step("log replayed")
    if skipped != "objects":
        archive.objects.undelete(objects.MEDIA)
        step("pictures")
    if skipped != "after-restore":
        moment = disaster.target.isoformat()
        for spec in services.with_database(services.discover(store.store.root)):
            marker = store.store.restored_marker(spec.name)
            marker.parent.mkdir(exist_ok=True)
            marker.write_text(moment, encoding="ascii")
    await mercat("up", **variables)
    step("after_restore, and services started")
    return taken


async def _tell_newest(archive: Archive, journal: Journal, disaster: datetime) -> None:
    """Restore all that the archive has, and print what is lost of what was acknowledged before the disaster."""
    await asyncio.to_thread(archive.fetch, "third", None)
    with archived.running(archive, "third", archiving=False):
        await archived.recovered(archive)
        there = await restored.rows(archive, "orders", "select id::text from orders")
    lost = loss(journal.orders, {row["id"] for row in there}, disaster)
    seconds = lost.time.total_seconds()
    print(f"RPO: the newest {lost.orders} acknowledged orders are not in the archive, {seconds:.1f} s of them", end=" ")
    print(f"(the log is archived every {archived.ARCHIVE_SECONDS} s).", flush=True)


def _tell(archive: Archive, journal: Journal, disaster: Disaster, rto: float, seconds: dict[str, float]) -> None:
    later = len(journal.orders) - len(journal.before(disaster.target))
    print(
        f"{len(journal.orders)} orders acknowledged, {len(journal.paid)} paid for; {later} after the restored moment."
    )
    kept = archive.objects.keys(objects.BACKUPS)
    base = sum(size for key, size in kept.items() if "/base/" in key)
    log = [size for key, size in kept.items() if "/wals/" in key]
    media = archive.objects.keys(objects.MEDIA).values()
    print(f"Base backup {base / 2**20:.0f} MB; log {sum(log) / 2**20:.0f} MB in {len(log)} segments;", end=" ")
    print(f"{len(media)} pictures, {sum(media) / 2**20:.1f} MB.")
    steps = ", ".join(f"{name} {taken:.1f} s" for name, taken in seconds.items())
    print(f"RTO: {rto:.1f} s from the loss to the first order that was paid: {steps}.", flush=True)


def main() -> None:
    """Run the drill, and say what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", choices=STEPS, help="a step to leave out: the drill must complain")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mercat-drill-") as folder:
        complaints = asyncio.run(drill(Path(folder), arguments.without))
    if arguments.without is None:
        sys.exit("\n".join(complaints) or 0)
    print("\n".join(complaints))
    sys.exit(0 if complaints else f"without {arguments.without} nothing was found: the drill is blind")


if __name__ == "__main__":
    main()
