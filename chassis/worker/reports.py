"""Statements that report how jobs ended: kept while the database is unreachable, then run in order."""

from __future__ import annotations

import asyncio
from typing import Any

from chassis.db.listener import Listener


class PendingReports:
    """Statements that say how work ended. As many as there is work in hand: none is begun while they wait."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._statements: list[tuple[str, tuple[Any, ...]]] = []

    def add(self, sql: str, *arguments: Any) -> None:
        """Keep a statement to be run."""
        self._statements.append((sql, arguments))

    async def settle(self) -> None:
        """Run all of them. A statement that the database itself refuses is dropped.

        Raises:
            one of chassis.db.UNREACHABLE; asyncpg.PostgresError.
        """
        while self._statements:
            sql, arguments = report = self._statements.pop(0)
            try:
                await self._listener.fetch(sql, *arguments)
            except BaseException as error:
                # A cancelled task may not have run its statement.
                if not self._listener.connected or isinstance(error, asyncio.CancelledError):
                    self._statements.insert(0, report)
                raise
