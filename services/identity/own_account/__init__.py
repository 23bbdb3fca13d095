"""What people change of their own accounts: a lost password, another one, another address."""

from __future__ import annotations

from identity.account_mails import LIFETIMES, MAIL, AccountMailJob, Kind, tell_if_possible
from identity.own_account.problems import ChangeNeedsMail, LinkNotFound, WrongPassword
from identity.own_account.store.mails import delete_expired, delete_from_before
from identity.own_account.usecases.ask_email_change import ask_email_change
from identity.own_account.usecases.ask_reset import ask_reset
from identity.own_account.usecases.change_password import change_password
from identity.own_account.usecases.confirm_email import confirm_email
from identity.own_account.usecases.links import mail_of
from identity.own_account.usecases.mail_account import mail_account
from identity.own_account.usecases.reset_by_mail import reset_by_mail
from identity.own_account.usecases.take_email_back import take_email_back

__all__ = [
    "LIFETIMES",
    "MAIL",
    "AccountMailJob",
    "ChangeNeedsMail",
    "Kind",
    "LinkNotFound",
    "WrongPassword",
    "ask_email_change",
    "ask_reset",
    "change_password",
    "confirm_email",
    "delete_expired",
    "delete_from_before",
    "mail_account",
    "mail_of",
    "reset_by_mail",
    "take_email_back",
    "tell_if_possible",
]
