"""Maps exceptions of calls to Stripe to the errors of a payment provider."""

from __future__ import annotations

import random

import stripe

from payments.provider.port import Busy, Misconfigured, Refused, Unknown

# Refusals of this order's total, where the set-up is right.
_ABOUT_THE_TOTAL = frozenset({"amount_too_small", "amount_too_large"})
# Seconds: a locked object is free again soon, an idempotency key in use when its call ends.
_FIRST_PAUSES = {"lock_timeout": 0.03, "idempotency_key_in_use": 0.1}
LONGEST_PAUSE = 2.0
LONGEST_ASKED_FOR = 60.0


def ended(error: Exception, operation: str) -> Unknown | Refused:
    """The error for an exception; Refused only if Stripe refused for good."""
    if not isinstance(error, stripe.StripeError):
        return Unknown(type(error).__name__)
    given = _text(error.code)
    # The SDK keeps the code of a refusal for its rate, and of one for its key, in the body alone.
    code = given or _text(getattr(error.error, "code", None))
    if error.http_status in {409, 429} or code in _FIRST_PAUSES:
        pause = _FIRST_PAUSES.get(code or "", 0.25)
        return Busy(code or f"{error.http_status}", retry_after=_retry_after(error), first_pause=pause)
    replayed = (error.headers or {}).get("Idempotent-Replayed") == "true"
    if isinstance(error, stripe.IdempotencyError):
        return Unknown("idempotency_error", key_spent=True)
    if isinstance(error, (stripe.AuthenticationError, stripe.PermissionError)):
        return Misconfigured(given or f"{error.http_status}", _message(error), key_spent=replayed)
    if isinstance(error, stripe.InvalidRequestError) and error.http_status == 404 and given != "resource_missing":
        return Misconfigured("no_such_call", "There is no such call: look at STRIPE_API_BASE.")
    if operation == "create" and isinstance(error, stripe.InvalidRequestError) and given not in _ABOUT_THE_TOTAL:
        return Misconfigured(given or "invalid_request", _message(error), key_spent=replayed)
    if isinstance(error, (stripe.InvalidRequestError, stripe.CardError)):
        return Refused(given or "invalid_request", _message(error))
    # Stripe stores a 500 under its idempotency key, and marks it when it returns it again.
    reason = f"{type(error).__name__} {error.http_status or 'no answer'}"
    return Unknown(reason, key_spent=replayed and (error.http_status or 0) >= 500)


def pause(busy: Busy, tries: int) -> float:
    """Seconds to the next try: Retry-After, or exponential back-off; random, to spread the tries."""
    if busy.retry_after is not None:
        return busy.retry_after * random.uniform(1.0, 1.25)  # noqa: S311 -- spreads tries, guards nothing
    longest: float = min(LONGEST_PAUSE, busy.first_pause * 2.0 ** min(tries, 10))
    return random.uniform(longest / 2, longest)  # noqa: S311 -- as above


def _text(code: object) -> str | None:
    """A code, if it is one: a body may hold anything."""
    return code if isinstance(code, str) else None


def _message(error: stripe.StripeError) -> str:
    return error.user_message or "no reason given"


def _retry_after(error: stripe.StripeError) -> float | None:
    try:
        seconds = float((error.headers or {}).get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if 0 < seconds <= LONGEST_ASKED_FOR else None
