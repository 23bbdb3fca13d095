"""Ids of accounts in lines of a log."""

from __future__ import annotations

from identity.erase_again import ids_in


def test_ids_are_found_in_any_line_once() -> None:
    one = "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c03"
    assert [str(each) for each in ids_in(["", f"x {one} y", one.upper(), "0199a5d0"])] == [one]
