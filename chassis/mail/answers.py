"""What a mail server says."""

from __future__ import annotations

import re
import select

import aiosmtplib

# RFC 3463: what is wrong, at the beginning of an answer's text.
_ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")


def codes(answer: aiosmtplib.SMTPException) -> str:
    """The codes of an answer, such as "550 5.1.1": its text may name the recipient in any form."""
    if not isinstance(answer, aiosmtplib.SMTPResponseException):
        return str(answer)
    enhanced = _ENHANCED.match(answer.message)
    return f"{answer.code} {enhanced[0]}" if enhanced else str(answer.code)


def is_silent(smtp: aiosmtplib.SMTP) -> bool:
    """Whether the server has sent nothing that was not read: no goodbye, and no end of the connection."""
    waiting = select.poll()
    waiting.register(smtp.get_transport_info("socket"), select.POLLIN)
    return not waiting.poll(0)
