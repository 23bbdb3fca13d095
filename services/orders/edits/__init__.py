"""What staff change of an order that is placed: addresses, e-mail; its mails again; money that has come by hand."""

from __future__ import annotations

from orders.edits.api.admin import router as staff_router
from orders.edits.usecases.mail_again import MAIL_AGAIN, MailAgain, mail_again

__all__ = ["MAIL_AGAIN", "MailAgain", "mail_again", "staff_router"]
