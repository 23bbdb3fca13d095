"""Mails to customers about their orders."""

from __future__ import annotations

from orders.mails.api.admin import router as staff_router
from orders.mails.api.routes import router
from orders.mails.api.templates import router as templates_router
from orders.mails.domain.facts import MailFacts
from orders.mails.store.links import forget_links
from orders.mails.store.links import forget_mails as forget_link_mails
from orders.mails.usecases.look_up_order import LINK, LOOK_UP, look_up_order
from orders.mails.usecases.mail_about import MAIL_ABOUT, enqueue_mail, mail_about, send_about
from orders.mails.usecases.mail_holds_notice import send_notice
from orders.mails.usecases.mail_link import mail_link
from orders.mails.usecases.send_mail import SentMails, UnsentMails, send_mail

__all__ = [
    "LINK",
    "LOOK_UP",
    "MAIL_ABOUT",
    "MailFacts",
    "SentMails",
    "UnsentMails",
    "enqueue_mail",
    "forget_link_mails",
    "forget_links",
    "look_up_order",
    "mail_about",
    "mail_link",
    "router",
    "send_about",
    "send_mail",
    "send_notice",
    "staff_router",
    "templates_router",
]
