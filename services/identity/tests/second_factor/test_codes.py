"""Codes as RFC 6238 has them, and who may use them how often."""

from __future__ import annotations

import pytest

from identity.second_factor.domain import recovery, totp

SECRET = b"12345678901234567890"


# The vectors of RFC 6238, appendix B; its codes of eight digits end with ours of six.
@pytest.mark.parametrize(
    ("now", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(now: int, code: str):
    assert totp.code_at(SECRET, now // totp.SECONDS) == code
    assert totp.step_of(SECRET, code, now, 0) == now // totp.SECONDS


def test_a_code_is_taken_a_step_early_or_late_and_once():
    now, step = 3_000.0, 100
    for drift in (-1, 0, 1):
        assert totp.step_of(SECRET, totp.code_at(SECRET, step + drift), now, 0) == step + drift
    for drift in (-2, 2):
        assert totp.step_of(SECRET, totp.code_at(SECRET, step + drift), now, 0) is None
    assert totp.step_of(SECRET, totp.code_at(SECRET, step), now, step) is None
    assert totp.step_of(SECRET, totp.code_at(SECRET, step + 1), now, step) == step + 1


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (15, 1024), (16, 1440), (10_000, 1440)]
)
def test_the_wait_doubles_up_to_a_day(failures: int, minutes: int):
    assert totp.wait_minutes(failures) == minutes


def test_an_application_reads_the_address():
    uri = totp.uri(SECRET, issuer="mercat", email="ada+x@example.com")
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert uri == f"otpauth://totp/mercat%3Aada%2Bx%40example.com?secret={secret}&issuer=mercat"


def test_recovery_codes_differ_and_are_read_as_they_are_typed():
    codes = recovery.draw()
    assert len(set(codes)) == recovery.COUNT
    typed = codes[0].lower().replace("-", " ")
    assert recovery.hashed(b"k", "a", typed) == recovery.hashed(b"k", "a", codes[0])
    assert recovery.hashed(b"k", "b", codes[0]) != recovery.hashed(b"k", "a", codes[0])
    assert len(recovery.plain(codes[0])) == recovery.LENGTH
