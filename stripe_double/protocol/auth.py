"""Authentication: the secret key for servers; the publishable key, and a client secret, for browsers."""

from __future__ import annotations

import binascii
from base64 import b64decode
from secrets import compare_digest

from stripe_double.objects.errors import missing_parameter, no_key, secret_key_required, wrong_key
from stripe_double.protocol.forms import Value
from stripe_double.settings import Settings


def is_public(settings: Settings, header: str | None, form: dict[str, Value]) -> bool:
    """Whether the call has the publishable key, not the secret one; 401 for any other. Removes `key` from the form."""
    in_form = form.pop("key", None)
    key = _key_of(header) if header is not None else in_form
    if not isinstance(key, str) or not key:
        raise no_key()
    if compare_digest(key.encode(), settings.secret_key.encode()):
        return False
    if compare_digest(key.encode(), settings.publishable_key.encode()):
        return True
    raise wrong_key(key)


def require_secret(*, public: bool) -> None:
    """Raise 401 for a call with the publishable key."""
    if public:
        raise secret_key_required()


def require_client_secret(secret: str | None, *, public: bool) -> None:
    """Raise 400 for a call with the publishable key but without a client secret."""
    if public and secret is None:
        raise missing_parameter("client_secret")


def _key_of(header: str) -> str:
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() != "basic":
        raise no_key()
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        raise no_key() from None
