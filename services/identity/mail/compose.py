"""The mails about registrations, accounts and invitations.

Anybody can have most of them sent to any address. So they hold no text that a sender could choose.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from chassis.mail import alternative
from chassis.mail.letter import Letterhead, Words, Written, built_in, write
from chassis.shop_profile import KeptShop, Rules, WordsOf
from identity.context import IdentityContext

LANGUAGES = ("en", "de")
# Each with what a template of it has to name: without that the mail is of no use.
_NEEDED = {
    "confirm": {"confirm"},
    "has_account": set[str](),
    "no_account": set[str](),
    "email_taken": set[str](),
    "email_confirmation": {"new_email"},
    "email_changed": {"take_back"},
    "password_reset": {"reset"},
    "password_changed": set[str](),
    "erasure_asked": set[str](),
    "erasure_waits": set[str](),
    "erased": set[str](),
    "export_ready": set[str](),
    "factor_set_up": set[str](),
    "factor_removed": set[str](),
    "recovery_codes_drawn": set[str](),
    "invitation": {"accept"},
}
KINDS = tuple(_NEEDED)
# What every template may name. The links with a token are good in one kind alone.
_EVERYWHERE = frozenset({"shop", "sign_in"})
_TEMPLATES = Path(__file__).parent / "templates"


def words_of(kind: str, language: str) -> Words:
    """The built-in words of a mail."""
    folder = _TEMPLATES if language == "en" else _TEMPLATES / language
    return built_in(folder / f"{kind}.txt")


def rules_of(kind: str) -> Rules:
    """What a template of this kind of mail may and must name."""
    needed = frozenset(_NEEDED[kind])
    return Rules(_EVERYWHERE | needed, frozenset({"shop"}), needed=needed)


def letter(ctx: IdentityContext, kind: str, token: str, language: str | None, wanted: Words | None = None) -> Written:
    """The mail of this kind; in the shop's language where none is named or it is not spoken here. The token follows a
    #: a browser does not send that part to a server. `wanted`: these words, which fit.
    """
    shop, url = ctx.get(KeptShop), ctx.settings.public_url.rstrip("/")
    spoken = language if language in LANGUAGES else shop.look.language(LANGUAGES)
    values = {
        "shop": url,
        "confirm": f"{url}/account/confirm#{token}",
        "sign_in": f"{url}/sign-in",
        "reset": f"{url}/account/reset#{token}",
        "new_email": f"{url}/account/email#{token}",
        "take_back": f"{url}/account/take-back#{token}",
        "accept": f"{url}/account/invitation#{token}",
    }
    look = shop.look
    head = Letterhead(look.name, look.colour, look.logo_url or "", (look.name, *shop.seller.lines))

    def in_words(words: WordsOf) -> Written:
        return write(words(kind, spoken), spoken, head, values)

    if wanted is not None:
        return in_words(lambda _kind, _language: wanted)
    return shop.written(in_words, words_of)


def about_account(
    ctx: IdentityContext,
    kind: str,
    recipient: str,
    token: str,
    *,
    identity: str,
    written: datetime,
    language: str | None = None,
) -> bytes:
    """The mail of this kind, one of KINDS, to this address. The same each time, Message-ID included."""
    look, said = ctx.get(KeptShop).look, letter(ctx, kind, token, language)
    return alternative(
        sender=look.sender(ctx.settings.mail_from),
        reply_to=look.reply_to,
        recipient=recipient,
        subject=said.subject,
        text=said.text,
        html=said.html,
        written=written,
        identity=identity,
    )
