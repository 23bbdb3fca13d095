import json
import time
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chassis import auth
from chassis.auth import verify
from chassis.tests.auth.support import ORDERS, OTHER, Clock, access, application, bearer, callers_entry, client_of


async def test_a_known_service_may_do_what_its_entry_says():
    orders = auth.sign_service_token(ORDERS, "orders", "catalog")
    payments = auth.sign_service_token(OTHER, "payments", "catalog")
    async with client_of(application()) as client:
        answer = await client.get("/internal/quote", headers=bearer(orders))
        assert answer.json() == {"caller": "orders"}
        assert (await client.get("/internal/feed", headers=bearer(payments))).status_code == 200
        refused = await client.get("/internal/feed", headers=bearer(orders))
        assert (refused.status_code, refused.json()["detail"]) == (403, "The service orders may not feed here.")
        assert (await client.get("/internal/quote", headers=bearer(payments))).status_code == 403


def service(key: ec.EllipticCurvePrivateKey = ORDERS, header: dict[str, Any] | None = None, **claims: object) -> str:
    now = int(time.time())
    payload = {"iss": "orders", "aud": "catalog", "jti": "j", "iat": now, "exp": now + 60, **claims}
    return jwt.encode(payload, key, "ES256", headers={"kid": "orders", "typ": "svc+jwt", **(header or {})})


@pytest.mark.parametrize(
    "token",
    [
        service(OTHER),
        service(header={"kid": "stranger"}),
        service(iss="payments"),
        service(header={"typ": "at+jwt"}),
        service(aud="orders"),
        service(aud=["catalog"]),
        service(aud=["catalog", "orders"]),
        service(exp=int(time.time()) + 3600),
        service(iat=int(time.time()) - 3600, exp=int(time.time()) - 3540),
        service(iat=int(time.time()) + 3600, exp=int(time.time()) + 3660),
        service(nbf=int(time.time()) + 3600),
        service(nbf="soon"),
        service(nbf=10**400),
        service(iat=-(10**400)),
        access(),
        "x",
    ],
)
async def test_an_invalid_service_token_is_a_401(token: str):
    async with client_of(application()) as client:
        answer = await client.get("/internal/quote", headers=bearer(token))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')


async def test_without_a_service_token_access_is_refused():
    person = access()
    async with client_of(application()) as client:
        assert (await client.get("/internal/quote")).headers["www-authenticate"] == "Bearer"
        assert (await client.get("/internal/quote", headers=bearer(person))).status_code == 401
        assert (await client.get("/me", headers=bearer(service()))).status_code == 401


def test_a_service_token_is_cached_until_it_expires():
    clock = Clock(time.time())
    callers = auth.ServiceVerifier({"orders": callers_entry(ORDERS, "call")}, "catalog", clock=clock)
    token = service()
    assert callers.identify(token) is callers.identify(token)


def test_both_keys_are_accepted_during_a_key_change():
    entry = {"key": [auth.jwk(ORDERS.public_key()), auth.jwk(OTHER.public_key())], "may": ["call"]}
    callers = auth.ServiceVerifier({"orders": msgspec.convert(entry, auth.service_auth.ServiceKeys)}, "catalog")
    for key in (ORDERS, OTHER):
        assert callers.identify(auth.sign_service_token(key, "orders", "catalog")).name == "orders"


def test_the_callers_file_is_read_and_a_wrong_one_named(tmp_path: Path):
    path = tmp_path / "callers.json"
    path.write_text(json.dumps({"orders": {"key": auth.jwk(ORDERS.public_key()), "may": ["call", "feed"]}}))
    known = auth.ServiceVerifier.load(path, "catalog").identify(service())
    assert (known.name, sorted(known.may)) == ("orders", ["call", "feed"])
    for content in ("", "[]", '{"orders": {"may": ["call"]}}', '{"orders": {"key": {"kty": "oct"}, "may": []}}'):
        path.write_text(content)
        with pytest.raises(ValueError, match=r"callers\.json \(CALLERS_FILE\)"):
            auth.ServiceVerifier.load(path, "catalog")


def test_tokens_for_others_are_reused_for_half_a_minute(monkeypatch: pytest.MonkeyPatch):
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    mine = auth.ServiceTokens("orders", ORDERS)
    first = mine.token("catalog")
    assert mine.token("catalog") == first
    assert mine.token("payments") != first
    clock.at += 30
    second = mine.token("catalog")
    assert second != first
    mine.forget("catalog")
    mine.forget("catalog")
    assert mine.token("catalog") != second


async def test_an_unverified_header_is_all_that_is_read_of_a_long_token():
    with pytest.raises(verify.InvalidToken):
        verify.key_id("a" * 4097, "at+jwt")
