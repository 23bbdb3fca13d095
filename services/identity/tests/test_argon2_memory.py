from __future__ import annotations

import resource
import threading
from concurrent.futures import ThreadPoolExecutor

import argon2
import pytest

from identity.argon2_memory import Argon2Memory

_ID = argon2.Type.ID
PASSWORD = "korrekt Pferd Ümlaut \U0001f40e"


def hashed(*, memory: int = 64, lanes: int = 1, length: int = 32, salt: int = 16, kind: argon2.Type = _ID) -> str:
    return argon2.PasswordHasher(1, memory, lanes, length, salt, type=kind).hash(PASSWORD)


@pytest.mark.parametrize(
    "made",
    [
        *(hashed(kind=kind) for kind in argon2.Type),
        hashed(lanes=3),
        hashed(length=17, salt=11),
        hashed(length=64, salt=24),
        hashed(memory=19_456),
    ],
)
def test_a_hash_of_the_library_is_matched_by_its_password_alone(made):
    memory = Argon2Memory()
    for _ in range(2):
        assert memory.verify(made, PASSWORD)
        assert not memory.verify(made, PASSWORD + " ")
        assert not memory.verify(made, "")
    assert not memory.verify(hashed(), "another password")


def test_a_known_hash_of_another_implementation_is_matched():
    """From the test vectors of the reference implementation, version 1.3."""
    known = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
    assert Argon2Memory().verify(known, "password")
    assert not Argon2Memory().verify(known, "Password")


@pytest.mark.parametrize("wrong", ["", "plain", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ", "$bcrypt$v=19$m=1$a$b"])
def test_what_is_no_hash_is_an_error_and_never_a_match(wrong):
    with pytest.raises(argon2.exceptions.InvalidHashError):
        Argon2Memory().verify(wrong, PASSWORD)


def test_the_next_hash_takes_no_pages_from_the_kernel():
    memory, made = Argon2Memory(), hashed(memory=19_456)
    memory.verify(made, PASSWORD)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(3):
        memory.verify(made, PASSWORD)
    assert resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before < 100  # 14,600 of 4 KiB where it is not kept


def test_memory_that_is_cleared_has_left_the_process():
    memory, made = Argon2Memory(), hashed(memory=65_536)
    memory.verify(made, PASSWORD)
    kept = resident()
    memory.clear()
    assert kept - resident() > 60_000
    assert memory.verify(made, PASSWORD)


def test_memory_that_is_kept_holds_nothing_of_a_hash():
    memory = Argon2Memory()
    memory.verify(hashed(), PASSWORD)
    (block,) = memory._free
    assert bytes(block) == bytes(64 * 1024)


def test_threads_share_no_block():
    memory = Argon2Memory()
    hashes = [hashed(), hashed(memory=4_096), hashed(memory=8_192, lanes=2)]
    together = threading.Barrier(6)

    def one(number: int) -> list[bool]:
        together.wait()
        asked = [(made, word) for made in hashes for word in (PASSWORD, f"wrong {number}")]
        return [memory.verify(made, word) for made, word in asked]

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(one, range(6))) == [[True, False] * 3] * 6


def resident() -> int:
    """KiB of this process that are in memory."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 -- of the kernel
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
