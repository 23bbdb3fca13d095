"""Who the shop is: a copy of what its people set in the service shop, and the words of mails that they wrote here."""

from chassis.shop_profile.facts import Look, Seller, Stored, begun
from chassis.shop_profile.kept import REFRESH_SECONDS, KeptShop, WordsOf, refresh, watched
from chassis.shop_profile.models import MailTemplate, MailTemplateChange, MailTemplates
from chassis.shop_profile.templates import OwnWords, Rules, delete_words, own_words, put_words

__all__ = [
    "REFRESH_SECONDS",
    "KeptShop",
    "Look",
    "MailTemplate",
    "MailTemplateChange",
    "MailTemplates",
    "OwnWords",
    "Rules",
    "Seller",
    "Stored",
    "WordsOf",
    "begun",
    "delete_words",
    "own_words",
    "put_words",
    "refresh",
    "watched",
]
