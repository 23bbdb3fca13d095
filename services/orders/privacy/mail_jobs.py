"""The jobs that mail about an order: what waits of them goes with its person."""

from __future__ import annotations

from orders.checkout import MAIL
from orders.drafts import PAY_LINK
from orders.edits import MAIL_AGAIN
from orders.fulfilment import PARCEL_MAIL
from orders.mails import LINK, MAIL_ABOUT

MAIL_JOBS = [MAIL, MAIL_ABOUT, MAIL_AGAIN, LINK, PARCEL_MAIL, PAY_LINK]
