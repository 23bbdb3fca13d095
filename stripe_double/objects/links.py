"""URLs for browsers: the double's pages, and the return to the shop."""

from __future__ import annotations

import re
from urllib.parse import urlencode, urlsplit, urlunsplit

from stripe_double.objects.errors import invalid
from stripe_double.objects.records import Intent


def require_return_url(url: str) -> str:
    """The URL if it is http(s) with a host, in printable ASCII; else 400."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if (
        host is None
        or parts.scheme not in {"http", "https"}
        or not re.fullmatch(r"[!-~]+", url)
        or re.search(r'[\\"<>]', url)
        or len(url) > 2048
    ):
        raise invalid("return_url", "Invalid URL: return_url must be an http or https address.", "url_invalid")
    return url


def shop_return_url(intent: Intent, return_url: str, *, passed: bool) -> str:
    """The return URL with the parameters that Stripe adds."""
    parts = urlsplit(return_url)
    added = urlencode(
        {
            "payment_intent": intent.id,
            "payment_intent_client_secret": intent.client_secret,
            "redirect_status": "succeeded" if passed else "failed",
        }
    )
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


FRAMED = "frame"
"""The origin parameter of a 3-D Secure page in a frame over the shop's page."""


def authentication_page(base: str, intent: Intent, *, framed: bool = False) -> str:
    """The URL of the 3-D Secure page of an intent."""
    query = {"client_secret": intent.client_secret} | ({"from": FRAMED} if framed else {})
    return f"{base}/pay/{intent.id}/authenticate?{urlencode(query)}"


def form_targets(return_url: str | None) -> str:
    """The CSP sources for form-action, with the shop's host: browsers also check the redirect after a form."""
    if return_url is None:
        return "'self'"
    host = urlsplit(return_url).hostname or ""
    if not re.fullmatch(r"[a-z0-9.-]+", host):  # an IPv6 address cannot be written in a policy
        return "'self' http: https:"
    return f"'self' http://{host}:* https://{host}:*"
