from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest

from chassis.mail import alternative

GIVEN: dict[str, Any] = {
    "sender": "Mercat <shop@mercat.example>",
    "recipient": "ada@example.com",
    "subject": "Confirm your address",
    "text": "Grüße\n.\nFrom the shop\n",
    "html": "<p>Grüße</p>",
    "written": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "identity": "0199.registration",
}


def test_a_parsed_mail_has_the_given_contents():
    written = alternative(**GIVEN)
    mail: Any = message_from_bytes(written, policy=policy.default)
    assert (mail["From"], mail["To"], mail["Subject"]) == (GIVEN["sender"], GIVEN["recipient"], GIVEN["subject"])
    assert mail["Date"] == "Fri, 02 Jan 2026 03:04:05 -0000"
    assert mail["Message-ID"] == "<0199.registration@mercat.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(("plain",)).get_content() == GIVEN["text"]
    assert mail.get_body(("html",)).get_content().strip() == GIVEN["html"]
    assert alternative(**GIVEN) == written


def test_names_beyond_ascii_need_nothing_of_the_server():
    written = alternative(**{**GIVEN, "sender": "Bücher <shop@mercat.example>", "subject": "Bestätigen " * 20})
    assert written.isascii()
    mail = message_from_bytes(written, policy=policy.default)
    assert mail["From"] == "Bücher <shop@mercat.example>"
    assert mail["Subject"].split() == ["Bestätigen"] * 20


@pytest.mark.parametrize("field", ["sender", "recipient", "subject", "identity"])
@pytest.mark.parametrize("control", ["\r\nBcc: eve@example.com", "\n", "\x00", "\x7f"])
def test_no_header_is_added_by_a_value(field, control):
    with pytest.raises(ValueError, match="control characters"):
        alternative(**{**GIVEN, field: GIVEN[field] + control})
