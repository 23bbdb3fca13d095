"""Whose data are exported or erased."""

from __future__ import annotations

from uuid import UUID

import msgspec


class Person(msgspec.Struct, frozen=True):
    """An account with its orders, or a guest with the orders that are named."""

    account_id: UUID | None = None
    order_ids: tuple[UUID, ...] = ()

    @property
    def asked(self) -> tuple[UUID | None, list[UUID]]:
        """The parameters of the statements of this room."""
        return self.account_id, list(self.order_ids)
