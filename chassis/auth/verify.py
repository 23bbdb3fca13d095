"""Verifies a token's signature and claims. The token never chooses the algorithm.

Times are checked here and not by PyJWT, so that the clock may be the database's (see `Verifier`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.auth.tokens import ALGORITHM, LEEWAY

# Ours have about 600 characters. What is longer is not parsed at all.
MAX_LENGTH = 4_096

Reason: TypeAlias = Literal[
    "missing",
    "malformed",
    "key",
    "signature",
    "audience",
    "issuer",
    "claims",
    "expired",
    "revoked",
    "caller",
    "scope",
    "old",
]
C = TypeVar("C", bound="Claims")
# Unix seconds up to the year 9999: sums of them fit into a float.
Seconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]

_JWT = jwt.PyJWT({"verify_exp": False, "verify_iat": False, "verify_nbf": False})


class InvalidToken(Exception):
    """A token was refused. `reason` is for the metrics, not for the caller."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What every token holds. Times are Unix seconds."""

    iss: str
    iat: Seconds
    exp: Seconds
    jti: str
    nbf: Seconds = 0


class _Header(msgspec.Struct, frozen=True):
    typ: str
    kid: str
    alg: Literal["ES256"]


def key_id(token: str, kind: str) -> str:
    """The `kid` of a token whose header names this type. Nothing of it is verified yet.

    Raises:
        InvalidToken: it is no such token.
    """
    if len(token) > MAX_LENGTH:
        raise InvalidToken("malformed")
    typ, kid = _header(token.partition(".")[0])
    if typ != kind:
        raise InvalidToken("malformed")
    return kid


@lru_cache(maxsize=256)
def _header(segment: str) -> tuple[str, str]:
    """`typ` and `kid` of a header; all tokens of one key have the same."""
    try:
        header = msgspec.json.decode(jwt.utils.base64url_decode(segment), type=_Header)
    except (ValueError, RecursionError) as wrong:
        raise InvalidToken("malformed") from wrong
    return header.typ, header.kid


def verify(
    token: str,
    key: ec.EllipticCurvePublicKey,
    into: type[C],
    *,
    issuer: str,
    audience: str,
    now: float,
    lifetime: int,
    single: bool,
) -> C:
    """The claims of a token signed by `key` for this audience, alive at `now` (Unix seconds).

    `lifetime`: the longest that a token may have, in seconds. `single`: the audience must be this one alone.

    Raises:
        InvalidToken: with the first reason that was found.
    """
    options: Any = {"strict_aud": single, "require": ["iss", "aud", "iat", "exp", "jti"]}
    try:
        payload = _JWT.decode(token, key, [ALGORITHM], options, audience=audience, issuer=issuer)
        claims = msgspec.convert(payload, into)
    except jwt.InvalidSignatureError as wrong:
        raise InvalidToken("signature") from wrong
    except jwt.DecodeError as wrong:
        raise InvalidToken("malformed") from wrong
    except jwt.InvalidAudienceError as wrong:
        raise InvalidToken("audience") from wrong
    except jwt.InvalidIssuerError as wrong:
        raise InvalidToken("issuer") from wrong
    except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError, TypeError) as wrong:
        raise InvalidToken("claims") from wrong
    if max(claims.iat, claims.nbf) > now + LEEWAY or claims.exp <= now - LEEWAY:
        raise InvalidToken("expired")
    # chassis.sessions.revocations keeps ended sessions for as long as this allows.
    if claims.exp - claims.iat > lifetime:
        raise InvalidToken("claims")
    return claims
