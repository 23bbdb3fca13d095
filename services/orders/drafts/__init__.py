"""Draft orders: what staff put together for a customer, and send with a link to pay."""

from __future__ import annotations

from orders.drafts.api.admin import router as staff_router
from orders.drafts.forgetting import forget_drafts
from orders.drafts.usecases.mail_pay_link import PAY_LINK, PayLink, mail_pay_link

__all__ = ["PAY_LINK", "PayLink", "forget_drafts", "mail_pay_link", "staff_router"]
