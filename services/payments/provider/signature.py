"""Whether a webhook comes from Stripe: a MAC by a secret that only it and we know, over the body and the time."""

from __future__ import annotations

from collections.abc import Iterable

import stripe

TOLERANCE_SECONDS = 300


def authentic(body: bytes, header: str | None, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets signed this body, not more than 5 minutes ago."""
    return any(_signed(body, header, secret) for secret in secrets)


def _signed(body: bytes, header: str | None, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, header, secret, TOLERANCE_SECONDS)
    except (stripe.SignatureVerificationError, UnicodeError):
        return False
    return True
