"""Authentication: people by access tokens, services by service tokens, both ES256 and verified in this process.

An application holds `state.verifier` (Verifier) and `state.callers` (Callers); the dependencies use them.
"""

from chassis.auth.jwks import Jwks, KeySource, StaticKeys
from chassis.auth.principal import (
    CurrentPrincipal,
    MaybePrincipal,
    Principal,
    Verifier,
    principal_of,
    refusal,
    require,
)
from chassis.auth.service_auth import ServiceVerifier, internal_router, require_caller
from chassis.auth.tokens import (
    ServiceTokens,
    jwk,
    load_private_key,
    public_key,
    secret_of,
    sign_access_token,
    sign_service_token,
    thumbprint,
)
from chassis.auth.verify import InvalidToken

__all__ = [
    "CurrentPrincipal",
    "InvalidToken",
    "Jwks",
    "KeySource",
    "MaybePrincipal",
    "Principal",
    "ServiceTokens",
    "ServiceVerifier",
    "StaticKeys",
    "Verifier",
    "internal_router",
    "jwk",
    "load_private_key",
    "principal_of",
    "public_key",
    "refusal",
    "require",
    "require_caller",
    "secret_of",
    "sign_access_token",
    "sign_service_token",
    "thumbprint",
]
