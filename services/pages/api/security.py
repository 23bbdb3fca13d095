"""What a page may load and run, said in headers."""

from __future__ import annotations

# Images, styles and scripts come from the store itself; nothing is inline.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; "
    "font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The page where a card is typed, and no other, runs Stripe's script.
# Source: https://docs.stripe.com/security/guide#content-security-policy
_PAY_POLICY = (
    "default-src 'none'; script-src 'self' {script}; style-src 'self'; img-src 'self' data: https:; "
    "connect-src 'self' {api}; font-src 'self'; frame-src {frame}; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_SCRIPT = "https://js.stripe.com https://*.js.stripe.com"


def headers(page: str, double: str) -> dict[str, str]:
    """The headers of a page of this name. `double` is the origin of a double of Stripe; empty for Stripe itself."""
    if page != "pay":
        return {"Content-Security-Policy": _POLICY, "Cross-Origin-Opener-Policy": "same-origin"}
    policy = _PAY_POLICY.format(
        script=double or _SCRIPT,
        api=double or "https://api.stripe.com",
        frame=double or f"{_SCRIPT} https://hooks.stripe.com",
    )
    # A bank's page in a window of its own needs access to the window that opened it.
    return {"Content-Security-Policy": policy, "Cross-Origin-Opener-Policy": "same-origin-allow-popups"}
