"""The data of a store: `archive` (the backup file), `catalog_loader` (imports products), `demo_shop`."""

from __future__ import annotations

__all__ = ["archive", "catalog_loader", "demo_shop"]
