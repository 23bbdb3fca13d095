import base64
import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chassis import auth
from chassis.auth import token_cache, tokens
from chassis.tests.auth.support import KEY, KID, OTHER, Clock, access, forged, refusal, verifier


async def test_a_signed_token_has_the_claims_of_its_subject():
    account, session = uuid4(), uuid4()
    principal = await verifier().principal(access(account_id=account, session_id=session, auth_time=1000.9))
    assert principal == auth.Principal(
        account, session, frozenset({"stock:write", "catalog:write"}), ("merchandiser",), 3, 1000
    )


def test_a_token_holds_nothing_but_its_claims():
    token = access(now=1000.9, scopes=["b", "a"])
    claims = jwt.decode(token, options={"verify_signature": False})
    assert set(claims) == {"iss", "aud", "sub", "sid", "sv", "jti", "iat", "exp", "scope", "roles", "auth_time"}
    assert (claims["iat"], claims["exp"], claims["scope"]) == (1000, 1300, "a b")
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": KID, "typ": "at+jwt"}


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "malformed"),
        ("a.b.c", "malformed"),
        ("é.é.é", "malformed"),
        ("x" * 5000, "malformed"),
        (jwt.utils.base64url_encode(b"[" * 1500).decode() + ".e30.AA", "malformed"),
        (forged(header={"kid": None}), "malformed"),
        (forged(header={"typ": "JWT"}), "malformed"),
        (forged(header={"typ": "svc+jwt"}), "malformed"),
        (forged("secret" * 8, "HS256"), "malformed"),
        (forged(None, "none"), "malformed"),
        (forged(rsa.generate_private_key(65537, 2048), "RS256"), "malformed"),
        (forged(header={"kid": "unknown"}), "key"),
        (forged(OTHER), "signature"),
        (forged(aud=["orders"]), "audience"),
        (forged(aud=None), "claims"),
        (forged(iss="someone"), "issuer"),
        (forged(sub="not-a-uuid"), "claims"),
        (forged(sid=None), "claims"),
        (forged(exp=float("inf")), "claims"),
        (forged(exp="soon"), "claims"),
        (forged(exp=None), "claims"),
        (forged(jti=None), "claims"),
        (forged(scope=["a"]), "claims"),
        (forged(header={"crit": ["x"], "x": 1}), "claims"),
        (forged().split(".")[0] + ".!!.AA", "malformed"),
    ],
)
async def test_an_invalid_token_is_refused(token: str, reason: str):
    assert await refusal(verifier(), token) == reason


async def test_a_payload_that_was_changed_is_refused():
    header, payload, signature = access().split(".")
    claims = json.loads(jwt.utils.base64url_decode(payload))
    claims["scope"] = "accounts:write"
    changed = jwt.utils.base64url_encode(json.dumps(claims).encode()).decode()
    assert await refusal(verifier(), f"{header}.{changed}.{signature}") == "signature"


@pytest.mark.parametrize(
    ("age", "good"), [(-61, False), (-60, True), (0, True), (299, True), (359, True), (360, False), (10_000, False)]
)
async def test_times_have_a_minute_of_leeway(age: int, good: bool):  # noqa: FBT001 -- a parameter of the case
    clock = Clock()
    token = access(now=clock.at - age)
    if good:
        assert (await verifier(clock=clock).principal(token)).session_version == 3
    else:
        assert await refusal(verifier(clock=clock), token) == "expired"


@pytest.mark.parametrize(("ahead", "good"), [(0, True), (60, True), (61, False), (10**9, False)])
async def test_a_token_is_accepted_from_its_not_before_time_with_leeway(ahead: int, good: bool):  # noqa: FBT001 -- a parameter of the case
    clock = Clock()
    token = forged(iat=int(clock.at), exp=int(clock.at) + 300, nbf=int(clock.at) + ahead)
    if good:
        assert (await verifier(clock=clock).principal(token)).session_version == 1
    else:
        assert await refusal(verifier(clock=clock), token) == "expired"


@pytest.mark.parametrize("name", ["iat", "exp", "nbf"])
@pytest.mark.parametrize("value", ["1", True, 1.5, [], {}, -1, -(10**400), 10**18, 10**400, float("nan")])
async def test_an_invalid_time_claim_is_refused(name: str, value: object):
    """An integer of 400 digits fits into no float, so that it must not get as far as the arithmetic."""
    times: dict[str, Any] = {name: value}
    assert await refusal(verifier(), forged(**times)) == "claims"


async def test_a_token_of_a_longer_life_than_the_stores_is_refused():
    """Ended sessions are remembered for no longer."""
    assert await refusal(verifier(), access(lifetime=301)) == "claims"
    assert await refusal(verifier(lifetime=60), access()) == "claims"
    assert (await verifier(lifetime=900).principal(access(lifetime=900))).roles == ("merchandiser",)


async def test_a_cached_token_is_not_verified_again_and_is_dropped_within_a_minute():
    clock = Clock()
    subject = verifier(clock=clock)
    subject._kept = token_cache.TokenCache(clock=clock)
    token = access(now=clock.at)
    first = await subject.principal(token)
    subject.keys = auth.StaticKeys({})
    assert await subject.principal(token) is first
    clock.at += 60
    assert await refusal(subject, token) == "key"


async def test_a_cached_token_is_dropped_when_it_expires():
    clock = Clock()
    subject = verifier(clock=clock)
    subject._kept = token_cache.TokenCache(clock=clock)
    token = access(now=clock.at - 350)
    await subject.principal(token)
    clock.at += 10
    assert await refusal(subject, token) == "expired"


def test_the_token_cache_is_bounded():
    keeps: token_cache.TokenCache[int] = token_cache.TokenCache(3)
    for number in range(10):
        keeps.put(str(number), number, 60)
    assert [keeps.get(str(number)) for number in range(10)] == [None] * 7 + [7, 8, 9]


async def test_a_revoked_session_is_refused_at_once_for_a_token_lifetime_and_twice_the_leeway():
    clock = Clock()
    subject = verifier(clock=clock)
    session, other = uuid4(), uuid4()
    token = access(session_id=session, now=clock.at)
    await subject.principal(token)
    subject.revoke(session)
    assert await refusal(subject, token) == "revoked"
    assert await refusal(subject, access(session_id=session, now=clock.at + 1)) == "revoked"
    assert (await subject.principal(access(session_id=other, now=clock.at))).session_id == other
    clock.at += 419
    assert await refusal(subject, access(session_id=session, now=clock.at)) == "revoked"
    clock.at += 1
    assert (await subject.principal(access(session_id=session, now=clock.at))).session_id == session


def test_expired_revocations_are_removed():
    clock = Clock()
    subject = verifier(clock=clock)
    again = uuid4()
    for _ in range(5):
        subject.revoke(uuid4())
        subject.revoke(again)
    assert len(subject._revoked) == 6
    clock.at += 421
    subject.revoke(uuid4())
    assert len(subject._revoked) == 1


def pem(key: Any, path: Path) -> Path:
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(encoded)
    return path


def test_a_private_key_is_read_from_its_file(tmp_path: Path):
    assert tokens.load_private_key(pem(KEY, tmp_path / "k")).private_numbers() == KEY.private_numbers()


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)])
def test_a_key_of_another_kind_is_refused(key: object, tmp_path: Path):
    with pytest.raises(ValueError, match="P-256"):
        tokens.load_private_key(pem(key, tmp_path / "k"))


def test_a_jwk_shows_the_public_half_alone_and_reads_back():
    document = auth.jwk(KEY.public_key())
    assert set(document) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert document["kid"] == auth.thumbprint(KEY.public_key())
    assert auth.jwk(KEY.public_key(), "mine")["kid"] == "mine"
    assert auth.public_key(document).public_numbers() == KEY.public_key().public_numbers()


def test_the_thumbprint_is_that_of_rfc_7638():
    # Section 3: the required members in lexicographic order, without white space.
    document = jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    text = f'{{"crv":"P-256","kty":"EC","x":"{document["x"]}","y":"{document["y"]}"}}'
    expected = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    assert auth.thumbprint(KEY.public_key()) == expected


@pytest.mark.parametrize(
    "changes",
    [{"alg": "HS256"}, {"use": "enc"}, {"d": "AA"}, {"kty": "RSA"}, {"x": None}, {"x": "AA"}, {"crv": "P-384"}],
)
def test_a_jwk_for_anything_else_is_refused(changes: dict[str, Any]):
    with pytest.raises(ValueError, match="JWK"):
        auth.public_key({**auth.jwk(KEY.public_key()), **changes})


def test_a_jwk_of_another_curve_is_refused():
    document = jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key(), as_dict=True)
    with pytest.raises(ValueError, match="P-256"):
        auth.public_key(document)


def test_a_secret_is_the_same_wherever_the_key_is_and_another_for_each_purpose():
    secret = auth.secret_of(KEY, "limits")
    assert secret == auth.secret_of(KEY, "limits")
    assert len({secret, auth.secret_of(KEY, "other"), auth.secret_of(OTHER, "limits")}) == 3
    assert len(secret) == 32
