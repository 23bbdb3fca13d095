"""Signing tokens, and the public halves of keys. ES256 and nothing else.

An access token (`at+jwt`) names a person, for several services; a service token (`svc+jwt`) names the calling service,
for one other service and a minute.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

ALGORITHM = "ES256"
ACCESS_TYPE = "at+jwt"
SERVICE_TYPE = "svc+jwt"
ACCESS_LIFETIME = 300
SERVICE_LIFETIME = 60
LEEWAY = 60


def load_private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The P-256 key of a PEM file.

    Raises:
        ValueError: it holds no such key.
    """
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError(f"{path} must hold an EC private key on P-256 (PEM)")  # noqa: TRY004 -- the file's content is wrong, not a type
    return key


def secret_of(key: ec.EllipticCurvePrivateKey, purpose: str) -> bytes:
    """32 secret bytes for one purpose, the same in every replica that has this key."""
    value = key.private_numbers().private_value.to_bytes(32, "big")
    return hashlib.blake2b(purpose.encode(), key=value, digest_size=32).digest()


def thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    """RFC 7638: the same key has the same id everywhere."""
    document = jwt.algorithms.ECAlgorithm.to_jwk(key, as_dict=True)
    canonical = msgspec.json.encode({name: document[name] for name in ("crv", "kty", "x", "y")})
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()


def jwk(key: ec.EllipticCurvePublicKey, kid: str | None = None) -> dict[str, Any]:
    """The public key as a JWK; `kid` is its thumbprint unless given."""
    document = jwt.algorithms.ECAlgorithm.to_jwk(key, as_dict=True)
    return {**document, "kid": kid or thumbprint(key), "alg": ALGORITHM, "use": "sig"}


def public_key(document: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    """The key of a JWK.

    Raises:
        ValueError: it is not a public P-256 key for ES256 signatures.
    """
    if document.get("alg", ALGORITHM) != ALGORITHM or document.get("use", "sig") != "sig" or "d" in document:
        raise ValueError("a JWK here must be a public key for ES256 signatures")
    try:
        key = jwt.algorithms.ECAlgorithm.from_jwk(document)
    except (jwt.InvalidKeyError, TypeError, ValueError, AttributeError) as wrong:
        raise ValueError("this JWK holds no EC public key") from wrong
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("a JWK here must be on P-256")  # noqa: TRY004 -- the value is wrong
    return key


def sign_access_token(
    key: ec.EllipticCurvePrivateKey,
    kid: str,
    *,
    issuer: str,
    audience: Sequence[str],
    account_id: UUID,
    session_id: UUID,
    session_version: int,
    scopes: Iterable[str] = (),
    roles: Sequence[str] = (),
    auth_time: float | None = None,
    now: float | None = None,
    lifetime: int = ACCESS_LIFETIME,
) -> str:
    """An access token of `lifetime` seconds for the services in `audience`. It holds no e-mail and no name.

    `auth_time`: when the person proved who they are; now, unless given.
    """
    issued = int(time.time() if now is None else now)
    claims = {
        "iss": issuer,
        "aud": list(audience),
        "sub": str(account_id),
        "sid": str(session_id),
        "sv": session_version,
        "jti": secrets.token_urlsafe(12),
        "iat": issued,
        "exp": issued + lifetime,
        "scope": " ".join(sorted(scopes)),
        "roles": list(roles),
        "auth_time": issued if auth_time is None else int(auth_time),
    }
    return jwt.encode(claims, key, ALGORITHM, headers={"kid": kid, "typ": ACCESS_TYPE})


def sign_service_token(key: ec.EllipticCurvePrivateKey, caller: str, audience: str) -> str:
    """The token of the service `caller` for /internal of `audience`, valid for a minute. Its `kid` is that name."""
    issued = int(time.time())
    claims = {
        "iss": caller,
        "aud": audience,
        "jti": secrets.token_urlsafe(12),
        "iat": issued,
        "exp": issued + SERVICE_LIFETIME,
    }
    return jwt.encode(claims, key, ALGORITHM, headers={"kid": caller, "typ": SERVICE_TYPE})


class ServiceTokens:
    """This service's tokens for other services, each signed anew after 30 seconds."""

    def __init__(self, caller: str, key: ec.EllipticCurvePrivateKey) -> None:
        self._caller = caller
        self._key = key
        self._kept: dict[str, tuple[float, str]] = {}

    def token(self, audience: str) -> str:
        """A token for `audience` with at least 30 s to live."""
        now = time.monotonic()
        until, token = self._kept.get(audience, (0.0, ""))
        if now >= until:
            token = sign_service_token(self._key, self._caller, audience)
            self._kept[audience] = (now + SERVICE_LIFETIME / 2, token)
        return token

    def forget(self, audience: str) -> None:
        """Sign a new one at the next call: the other service refused this one."""
        self._kept.pop(audience, None)
