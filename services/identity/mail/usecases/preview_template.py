"""A mail about an account as its owner would get it."""

from __future__ import annotations

from chassis.mail.letter import Words, Written
from identity.context import IdentityContext
from identity.mail.compose import letter, rules_of


def preview_template(ctx: IdentityContext, kind: str, language: str, wanted: Words) -> Written:
    """In these words, which are not stored. Raises Invalid: they do not fit this mail."""
    rules_of(kind).check(wanted.subject, wanted.body)
    return letter(ctx, kind, "…", language, wanted)
