"""Stripe's error envelope, {"error": {type, code, decline_code, message, param, ...}}, and the status of each error."""

from __future__ import annotations

from typing import Any

DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An error answer. `details` are more fields of the envelope, such as `payment_intent`."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = {}
        self.error: dict[str, Any] = {}
        if code is not None:
            self.error |= {"code": code, "doc_url": DOCS + code.replace("_", "-")}
        self.error["message"] = message
        if param is not None:
            self.error["param"] = param
        self.error |= {**details, "type": kind}

    def envelope(self) -> dict[str, Any]:
        """The error as the JSON body of an answer."""
        return {"error": self.error}


def invalid(param: str, message: str, code: str | None = None) -> StripeError:
    """400 for a wrong parameter."""
    return StripeError(400, message, code=code, param=param)


def unknown_parameter(param: str) -> StripeError:
    """400 for a parameter that the call does not have."""
    return invalid(param, f"Received unknown parameter: {param}", "parameter_unknown")


def missing_parameter(param: str) -> StripeError:
    """400 for a required parameter."""
    return invalid(param, f"Missing required param: {param}.", "parameter_missing")


def no_such(kind: str, name: str, param: str) -> StripeError:
    """404 for an object; `kind` is its type in the message."""
    return StripeError(404, f"No such {kind}: '{name[:80]}'", code="resource_missing", param=param)


def no_such_intent(intent: str) -> StripeError:
    """404 for a PaymentIntent."""
    return StripeError(404, f"No such payment_intent: '{intent}'", code="resource_missing", param="intent")


def wrong_client_secret() -> StripeError:
    """400 for the client secret of another intent."""
    return invalid(
        "client_secret",
        "The client_secret provided does not match the client_secret associated with this PaymentIntent.",
        "payment_intent_invalid_parameter",
    )


def no_key() -> StripeError:
    """401 for a call without an API key."""
    return StripeError(
        401,
        "You did not provide an API key. You need to provide your API key in the Authorization header, "
        "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )


def wrong_key(key: str) -> StripeError:
    """401 for an unknown key; the message has its first eight and last four characters only, as Stripe's."""
    shown = f"{key[:8]}{'*' * 8}{key[-4:]}" if len(key) > 16 else "*" * 8
    return StripeError(401, f"Invalid API Key provided: {shown}")


def secret_key_required() -> StripeError:
    """401 for a call that the publishable key may not make."""
    return StripeError(
        401,
        "This API call cannot be made with a publishable API key. Please use a secret API key.",
        code="secret_key_required",
    )


def no_such_address(method: str, path: str) -> StripeError:
    """404 for a path or method that the API does not have."""
    return StripeError(404, f"Unrecognized request URL ({method}: {path}).")


def rate_limited(reason: str = "global-rate", retry_after: int = 0) -> StripeError:
    """429. `reason` is sent in Stripe's header; `retry_after` are seconds for Retry-After, 0 for none."""
    error = StripeError(429, "Request rate limit exceeded. Try again later.", code="rate_limit")
    error.headers = {"Stripe-Rate-Limited-Reason": reason, "Stripe-Should-Retry": "true"}
    if retry_after:
        error.headers["Retry-After"] = str(retry_after)
    return error


def account_inactive() -> StripeError:
    """400 for a charge while the account is not activated."""
    return StripeError(
        400,
        "Your account cannot currently make charges. Please finish its activation in the dashboard.",
        code="account_invalid",
    )


def lock_timeout() -> StripeError:
    """429 for an object that another call holds."""
    error = StripeError(
        429,
        "This object cannot be accessed right now because another API request or Stripe process is currently accessing "
        "it. If you see this error intermittently, retry the request.",
        code="lock_timeout",
    )
    error.headers = {"Stripe-Should-Retry": "true"}
    return error


def broken(message: str = "An unknown error occurred.") -> StripeError:
    """500, an error of the API itself."""
    return StripeError(500, message, kind="api_error")


def key_in_use(key: str) -> StripeError:
    """409 for an idempotency key whose first call still runs."""
    return StripeError(
        409,
        "There is currently another in-progress request using this Idempotent Key (that probably means you "
        f"submitted twice, and the other request is still going through): {key}. Please try again later.",
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )


def key_reused(key: str) -> StripeError:
    """400 for an idempotency key of another call."""
    return StripeError(
        400,
        "Keys for idempotent requests can only be used with the same endpoint and parameters they were first "
        f"used with. Try using a key other than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )
