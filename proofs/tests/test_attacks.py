"""What the attacks are about is all that there is, and each forged token is wrong for its own reason."""

from __future__ import annotations

import json
import time
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.auth import tokens, verify
from chassis.auth.principal import AccessClaims
from proofs.attack import allowed, forgery, rights

# The tokens are judged at the moment that made them: a run of all tests takes longer than they live.
NOW = time.time()
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = {**tokens.jwk(KEY.public_key()), "kid": "ours"}
GENUINE = tokens.sign_access_token(
    KEY,
    "ours",
    issuer="mercat",
    audience=["orders"],
    account_id=UUID(int=1),
    session_id=UUID(int=2),
    session_version=1,
    scopes=["orders:read"],
    roles=["support"],
)


def test_each_operation_of_staff_is_attacked_by_each_role():
    assert sorted(allowed.MAY) == sorted(rights.staff_operations())


def test_an_operation_that_is_new_is_listed(tmp_path: Path):
    document = tmp_path / "openapi.json"
    paths: dict[str, object] = {"/api/v1/admin/gifts": {"get": {}, "delete": {}}, "/api/v1/gifts": {"get": {}}}
    document.write_text(json.dumps({"paths": paths}))
    assert rights.staff_operations(document) == ["GET /api/v1/admin/gifts", "DELETE /api/v1/admin/gifts"]


def accepted(token: str) -> bool:
    """Whether the store's verification takes it, as a service that knows the one key."""
    try:
        if verify.key_id(token, tokens.ACCESS_TYPE) != "ours":
            return False
        verify.verify(
            token,
            KEY.public_key(),
            AccessClaims,
            issuer="mercat",
            audience="orders",
            now=NOW,
            lifetime=tokens.ACCESS_LIFETIME,
            single=False,
        )
    except verify.InvalidToken:
        return False
    return True


def test_the_genuine_token_is_accepted():
    assert accepted(GENUINE)


@pytest.mark.parametrize("name", forgery.forged(GENUINE, [PUBLIC]))
def test_a_forged_token_is_refused(name: str):
    assert not accepted(forgery.forged(GENUINE, [PUBLIC])[name])
