"""Mails about accounts, and the words of them that the shop's people wrote."""

from identity.mail.compose import LANGUAGES, about_account
from identity.mail.templates_api import router

__all__ = ["LANGUAGES", "about_account", "router"]
