"""Stripe's error envelope, {"error": {type, code, decline_code, message, param, ...}}, and the status of each error."""

from __future__ import annotations

from typing import Any

DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An answer that is not a success. `details` are further members of the envelope, such as `payment_intent`."""

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
        return {"error": self.error}


def invalid(param: str, message: str, code: str | None = None) -> StripeError:
    return StripeError(400, message, code=code, param=param)


def unknown_parameter(param: str) -> StripeError:
    return invalid(param, f"Received unknown parameter: {param}", "parameter_unknown")


def missing_parameter(param: str) -> StripeError:
    return invalid(param, f"Missing required param: {param}.", "parameter_missing")


def no_such(kind: str, name: str, param: str) -> StripeError:
    return StripeError(404, f"No such {kind}: '{name[:80]}'", code="resource_missing", param=param)


def no_such_intent(intent: str) -> StripeError:
    return StripeError(404, f"No such payment_intent: '{intent}'", code="resource_missing", param="intent")


def wrong_client_secret() -> StripeError:
    return invalid(
        "client_secret",
        "The client_secret provided does not match the client_secret associated with this PaymentIntent.",
        "payment_intent_invalid_parameter",
    )


def no_key() -> StripeError:
    return StripeError(
        401,
        "You did not provide an API key. You need to provide your API key in the Authorization header, "
        "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )


def wrong_key(key: str) -> StripeError:
    """Shows no more of the key than Stripe does: its head and its last four characters."""
    shown = f"{key[:8]}{'*' * 8}{key[-4:]}" if len(key) > 16 else "*" * 8
    return StripeError(401, f"Invalid API Key provided: {shown}")


def secret_key_required() -> StripeError:
    return StripeError(
        401,
        "This API call cannot be made with a publishable API key. Please use a secret API key.",
        code="secret_key_required",
    )


def no_such_address(method: str, path: str) -> StripeError:
    return StripeError(404, f"Unrecognized request URL ({method}: {path}).")


def rate_limited(reason: str = "global-rate", retry_after: int = 0) -> StripeError:
    """`reason` as Stripe tells it in a header; `retry_after` seconds, 0: it does not say."""
    error = StripeError(429, "Request rate limit exceeded. Try again later.", code="rate_limit")
    error.headers = {"Stripe-Rate-Limited-Reason": reason, "Stripe-Should-Retry": "true"}
    if retry_after:
        error.headers["Retry-After"] = str(retry_after)
    return error


def account_inactive() -> StripeError:
    return StripeError(
        400,
        "Your account cannot currently make charges. Please finish its activation in the dashboard.",
        code="account_invalid",
    )


def lock_timeout() -> StripeError:
    error = StripeError(
        429,
        "This object cannot be accessed right now because another API request or Stripe process is currently accessing "
        "it. If you see this error intermittently, retry the request.",
        code="lock_timeout",
    )
    error.headers = {"Stripe-Should-Retry": "true"}
    return error


def broken(message: str = "An unknown error occurred.") -> StripeError:
    return StripeError(500, message, kind="api_error")


def key_in_use(key: str) -> StripeError:
    return StripeError(
        409,
        "There is currently another in-progress request using this Idempotent Key (that probably means you "
        f"submitted twice, and the other request is still going through): {key}. Please try again later.",
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )


def key_reused(key: str) -> StripeError:
    return StripeError(
        400,
        "Keys for idempotent requests can only be used with the same endpoint and parameters they were first "
        f"used with. Try using a key other than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )
