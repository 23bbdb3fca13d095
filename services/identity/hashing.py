"""Argon2id in a few threads with a bounded queue, so that a flood of passwords cannot use up the machine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2

from identity.problems import Busy

T = TypeVar("T")

# Additional places in the queue for known browsers and sessions (identity.api.sign_in_limits).
RESERVED = 16
# Each takes `memory_kib` while it works, and the memory of a container does not grow with the cores of its machine.
MOST_THREADS = 4
# Its hash is verified where there is no account, so that the answer takes as long as where there is one.
_ABSENT = "no account has this password"


class PasswordHasher:
    """Hashes and verifies; one at a time for each core, four at most, and `queue` more waiting. `reserved` may take one
    of RESERVED more places, which other requests cannot fill.
    """

    def __init__(self, *, memory_kib: int, time_cost: int, queue: int) -> None:
        cores = min(os.cpu_count() or 1, MOST_THREADS)
        self._argon2 = argon2.PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(cores, thread_name_prefix="argon2")
        self._room = cores + queue
        self._absent_hash = self._argon2.hash(_ABSENT)

    async def hash(self, password: str, *, reserved: bool = False) -> str:
        """A PHC string.

        Raises:
            Busy: too many are waiting.
        """
        return await self._run(reserved, self._argon2.hash, password)

    async def verify(self, password_hash: str | None, password: str, *, reserved: bool = False) -> bool:
        """Whether this is the password. Without a hash it is False after the same time.

        Raises:
            Busy: too many are waiting.
        """
        right = await self._run(reserved, self._matches, password_hash or self._absent_hash, password)
        return right and password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than the current ones."""
        return self._argon2.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except argon2.exceptions.VerifyMismatchError:
            return False

    async def _run(self, reserved: bool, work: Callable[..., T], *arguments: str) -> T:  # noqa: FBT001 -- passed on
        if self._room <= (-RESERVED if reserved else 0):
            raise Busy("Try again in a few seconds.", headers={"Retry-After": "3"})
        self._room -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._room += 1

    def close(self) -> None:
        """End its threads; what waits is cancelled."""
        self._threads.shutdown(cancel_futures=True)
