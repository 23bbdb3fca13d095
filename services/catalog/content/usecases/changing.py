"""The beginning and the end of each change of what has texts, within one transaction."""

from __future__ import annotations

from uuid import UUID

from catalog.content.store import things
from catalog.content.store.things import ONE_OF, Kind, Thing
from catalog.events import ChangedProduct, publish_products
from chassis.db import ReadTx, WriteTx
from chassis.problems import NotFound
from chassis.web import check_version


async def known(tx: ReadTx, kind: Kind, thing_id: UUID) -> Thing:
    """Raises NotFound."""
    return _there(await things.find(tx, kind, thing_id))


async def locked(tx: WriteTx, kind: Kind, thing_id: UUID, version: int | None) -> Thing:
    """Locked until the transaction ends. `version`: that which the request names.

    Raises:
        NotFound. VersionChanged: it is of another version.
    """
    found = _there(await things.lock(tx, kind, thing_id))
    check_version(version, found.version)
    return found


async def counted(tx: WriteTx, kind: Kind, thing_id: UUID) -> Thing:
    """As it is after a change, with a new version; that of a product is published."""
    changed = await things.touch(tx, kind, thing_id)
    if kind == "products":
        await publish_products(tx, [ChangedProduct(changed.id, changed.slug, changed.version)])
    return changed


def named(kind: Kind, thing: Thing) -> str:
    """The thing in the audit log: a product by its slug, as its other changes are."""
    return f"product:{thing.slug}" if kind == "products" else f"{ONE_OF[kind]}:{thing.id}"


def _there(found: Thing | None) -> Thing:
    if found is None:
        raise NotFound("There is no such product, collection or category.")
    return found
