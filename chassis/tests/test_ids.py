from __future__ import annotations

import time

from chassis.values import uuid7


def test_an_id_is_a_version_7_uuid_with_the_current_time():
    before = time.time_ns() // 1_000_000
    value = uuid7()
    assert value.version == 7
    assert value.variant == "specified in RFC 4122"
    assert before <= value.int >> 80 <= time.time_ns() // 1_000_000


def test_ids_are_unique():
    assert len({uuid7() for _ in range(10_000)}) == 10_000
