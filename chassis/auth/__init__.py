"""Authentication: people by access tokens, services by service tokens, both ES256 and verified in this process.

An application holds `state.verifier` (Verifier) and `state.callers` (Callers); the dependencies use them.
"""

from chassis.auth.jwks import Jwks, KeySource, StaticKeys
from chassis.auth.principal import (
    CurrentPrincipal,
    MaybePrincipal,
    Principal,
    Verifier,
    needed,
    principal_of,
    refusal,
    require,
)
from chassis.auth.programs import API_KEY_PREFIX, API_KEY_ROLE
from chassis.auth.scopes import GRANTABLE, SCOPES
from chassis.auth.service_auth import ServiceVerifier, internal_router, require_caller
from chassis.auth.step_up import RECENT_SECONDS, Recent, StepUpRequired, refuse_old, require_recent
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
    "API_KEY_PREFIX",
    "API_KEY_ROLE",
    "GRANTABLE",
    "RECENT_SECONDS",
    "SCOPES",
    "CurrentPrincipal",
    "InvalidToken",
    "Jwks",
    "KeySource",
    "MaybePrincipal",
    "Principal",
    "Recent",
    "ServiceTokens",
    "ServiceVerifier",
    "StaticKeys",
    "StepUpRequired",
    "Verifier",
    "internal_router",
    "jwk",
    "load_private_key",
    "needed",
    "principal_of",
    "public_key",
    "refusal",
    "refuse_old",
    "require",
    "require_caller",
    "require_recent",
    "secret_of",
    "sign_access_token",
    "sign_service_token",
    "thumbprint",
]
