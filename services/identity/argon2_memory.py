"""Verifies Argon2 hashes in memory that is kept from one to the next.

A hash of 19 MiB takes 4,900 fresh pages from the kernel, which costs half as much CPU again as the hash itself where
the allocator gives them back each time. The hash is the library's own C code, by its documented binding to it.
"""

from __future__ import annotations

import base64
import hmac
import mmap
from contextlib import suppress
from typing import Any

import argon2
from argon2.low_level import core, error_to_str, ffi

_OK, _NO_MEMORY = 0, -22  # of argon2.h


class Argon2Memory:
    """Blocks of memory that are not in use; the C code takes one for each hash. It may be used by several threads."""

    def __init__(self) -> None:
        self._free: list[mmap.mmap] = []
        self._used: dict[int, mmap.mmap] = {}
        self._allocate = ffi.callback("int(uint8_t **, size_t)", self._take, error=_NO_MEMORY)
        self._release = ffi.callback("void(uint8_t *, size_t)", self._put_back)

    def verify(self, password_hash: str, password: str) -> bool:
        """Whether this is the password; `password_hash` is a PHC string of Argon2.

        Raises:
            argon2.exceptions.InvalidHashError: it is not.
            argon2.exceptions.HashingError: there is no memory.
        """
        parameters = argon2.extract_parameters(password_hash)
        salt, expected = (base64.b64decode(f"{part}==") for part in password_hash.rsplit("$", 2)[1:])
        secret, found = password.encode(), bytearray(len(expected))
        context = ffi.new(
            "argon2_context *",
            {
                "out": ffi.from_buffer(found),
                "outlen": len(found),
                "pwd": ffi.from_buffer(secret),
                "pwdlen": len(secret),
                "salt": ffi.from_buffer(salt),
                "saltlen": len(salt),
                "t_cost": parameters.time_cost,
                "m_cost": parameters.memory_cost,
                "lanes": parameters.parallelism,
                "threads": parameters.parallelism,
                "version": parameters.version,
                "allocate_cbk": self._allocate,
                "free_cbk": self._release,
            },
        )
        status = core(context, parameters.type.value)
        if status != _OK:
            raise argon2.exceptions.HashingError(error_to_str(status))
        return hmac.compare_digest(found, expected)

    def clear(self) -> None:
        """Give back to the system what is not in use."""
        self._free.clear()

    def _take(self, place: Any, size: int) -> int:
        block = self._free.pop() if self._free else None
        if block is None or len(block) != size:
            block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            with suppress(AttributeError, OSError):  # not every system has huge pages; they save a tenth
                block.madvise(mmap.MADV_HUGEPAGE)
        place[0] = ffi.from_buffer("uint8_t[]", block)
        self._used[int(ffi.cast("uintptr_t", place[0]))] = block
        return _OK

    def _put_back(self, place: Any, _size: int) -> None:
        self._free.append(self._used.pop(int(ffi.cast("uintptr_t", place))))
