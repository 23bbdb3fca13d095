import pytest

from chassis import telemetry
from chassis.telemetry import fields


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("invalid literal for int() with base 10: 'canary'", "invalid literal for int() with base 10: …"),
        ('column "canary" of x', "column … of x"),
        ("mail to ada.l@example.com failed", "mail to … failed"),
        ("postgresql://user:canary@db/x refused", "… refused"),
        ("GET /a?email=canary&x=1 failed", "GET /a… failed"),
        ("card 4242 4242 4242 4242 refused", "card … refused"),
        ("card 4242424242424242 refused", "card … refused"),
        ("token eyJhbGciOi.eyJzdWIi.c2ln bad", "token … bad"),
        ("hash " + "0a" * 32, "hash …"),
        ("it doesn't answer, and won't", "it doesn't answer, and won't"),
        ("connect to 127.0.0.1:5432 failed", "connect to 127.0.0.1:5432 failed"),
    ],
)
def test_quoted_request_values_are_removed_from_a_message(text: str, safe: str):
    assert fields.scrub(text) == safe
    assert fields.plain(text) == safe


def test_an_error_in_short_fits_into_a_column_of_text():
    """Libraries keep bytes that are no UTF-8 as lone surrogates, which PostgreSQL does not take; nor does it a NUL."""
    told = fields.in_short(ValueError("550 Empf\udce4nger\0 of ada@example.com"))
    assert told == "ValueError: 550 Empf\\udce4nger of …"


@pytest.mark.parametrize(
    ("address", "cut"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_an_address_loses_its_last_part(address: str, cut: str):
    assert telemetry.cut_ip(address) == cut
