"""Tokens and who they speak for, over a real HTTP application and a real JWKS server."""

import asyncio
import base64
import hashlib
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import Depends, FastAPI, Request
from prometheus_client import REGISTRY
from starlette.responses import Response

from chassis import auth, problems
from chassis.auth import checking, jwks, kept, tokens

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
ORDERS = ec.generate_private_key(ec.SECP256R1())
KID = "k1"


class Clock:
    """A clock that a test moves."""

    def __init__(self, at: float = 1_000_000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def access(key: ec.EllipticCurvePrivateKey = KEY, **changes: object) -> str:
    fields: dict[str, Any] = {
        "issuer": "mercat",
        "audience": ["catalog", "orders"],
        "account_id": uuid4(),
        "session_id": uuid4(),
        "session_version": 3,
        "scopes": ["stock:write", "catalog:write"],
        "roles": ["merchandiser"],
        **changes,
    }
    return auth.sign_access_token(key, KID, **fields)


def forged(key: Any = KEY, algorithm: str = "ES256", header: dict[str, Any] | None = None, **claims: object) -> str:
    now = int(time.time())
    payload = {
        "iss": "mercat",
        "aud": ["catalog"],
        "sub": str(uuid4()),
        "sid": str(uuid4()),
        "sv": 1,
        "jti": "j",
        "iat": now,
        "exp": now + 300,
        "scope": "",
        **claims,
    }
    payload = {name: value for name, value in payload.items() if value is not None}
    headers = {"kid": KID, "typ": "at+jwt", **(header or {})}
    headers = {name: value for name, value in headers.items() if value is not None}
    return jwt.encode(payload, key, algorithm, headers=headers)


def verifier(**changes: Any) -> auth.Verifier:
    keys = auth.StaticKeys({KID: KEY.public_key()})
    return auth.Verifier(keys, **{"audience": "catalog", "issuer": "mercat", **changes})


async def refusal(subject: auth.Verifier, token: str) -> str:
    with pytest.raises(auth.Refused) as refused:
        await subject.principal(token)
    return refused.value.reason


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async def problem(_request: Request, raised: Exception) -> Response:
        assert isinstance(raised, problems.Problem)
        return Response(raised.body("r"), raised.status, raised.headers, problems.MEDIA_TYPE)

    app.add_exception_handler(problems.Problem, problem)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://catalog") as client:
        yield client


def application() -> FastAPI:
    app = FastAPI()
    app.state.verifier = verifier()
    app.state.callers = auth.Callers(
        {
            "orders": callers_entry(ORDERS, "call"),
            "payments": callers_entry(OTHER, "feed"),
        },
        "catalog",
    )

    @app.get("/me")
    async def me(request: Request, who: auth.CurrentPrincipal) -> dict[str, Any]:
        seen = request.scope["state"]["principal"]
        return {"account": str(who.account_id), "roles": list(who.roles), "same": seen is who}

    @app.get("/maybe")
    async def maybe(who: auth.MaybePrincipal) -> dict[str, Any]:
        return {"account": str(who.account_id) if who else None}

    @app.get("/stock", dependencies=[Depends(auth.require("stock:write", "catalog:write"))])
    async def stock() -> dict[str, Any]:
        return {}

    internal = auth.internal_router()

    @internal.get("/quote")
    async def quote(caller: auth.CallingService) -> dict[str, Any]:
        return {"caller": caller}

    feed = auth.internal_router("feed")

    @feed.get("/feed")
    async def read_feed() -> dict[str, Any]:
        return {}

    app.include_router(internal)
    app.include_router(feed)
    return app


def callers_entry(key: ec.EllipticCurvePrivateKey, *may: str) -> Any:
    return msgspec.convert({"key": auth.jwk(key.public_key()), "may": may}, auth.callers.Caller)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# --- Access tokens -------------------------------------------------------------------------------------------------


async def test_a_signed_token_says_who_it_speaks_for():
    account, session = uuid4(), uuid4()
    principal = await verifier().principal(access(account_id=account, session_id=session))
    assert principal == auth.Principal(
        account, session, frozenset({"stock:write", "catalog:write"}), ("merchandiser",), 3
    )


def test_a_token_holds_nothing_but_its_claims():
    token = access(now=1000.9, scopes=["b", "a"])
    claims = jwt.decode(token, options={"verify_signature": False})
    assert set(claims) == {"iss", "aud", "sub", "sid", "sv", "jti", "iat", "exp", "scope", "roles"}
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
async def test_a_token_that_is_not_good_is_refused(token: str, reason: str):
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


async def test_a_kept_token_is_not_verified_again_and_leaves_within_a_minute():
    clock = Clock()
    subject = verifier(clock=clock)
    subject._kept = kept.Kept(clock=clock)
    token = access(now=clock.at)
    first = await subject.principal(token)
    subject.keys = auth.StaticKeys({})
    assert await subject.principal(token) is first
    clock.at += 60
    assert await refusal(subject, token) == "key"


async def test_a_kept_token_leaves_when_it_has_run_out():
    clock = Clock()
    subject = verifier(clock=clock)
    subject._kept = kept.Kept(clock=clock)
    token = access(now=clock.at - 350)
    await subject.principal(token)
    clock.at += 10
    assert await refusal(subject, token) == "expired"


def test_kept_tokens_are_bounded():
    keeps: kept.Kept[int] = kept.Kept(3)
    for number in range(10):
        keeps.put(str(number), number, 60)
    assert [keeps.get(str(number)) for number in range(10)] == [None] * 7 + [7, 8, 9]


async def test_a_revoked_session_is_refused_at_once_for_one_token_lifetime():
    clock = Clock()
    subject = verifier(clock=clock)
    session, other = uuid4(), uuid4()
    token = access(session_id=session, now=clock.at)
    await subject.principal(token)
    subject.revoke(session)
    assert await refusal(subject, token) == "revoked"
    assert await refusal(subject, access(session_id=session, now=clock.at + 1)) == "revoked"
    assert (await subject.principal(access(session_id=other, now=clock.at))).session_id == other
    clock.at += 359
    assert await refusal(subject, access(session_id=session, now=clock.at)) == "revoked"
    clock.at += 1
    assert (await subject.principal(access(session_id=session, now=clock.at))).session_id == session


def test_revocations_do_not_pile_up():
    clock = Clock()
    subject = verifier(clock=clock)
    again = uuid4()
    for _ in range(5):
        subject.revoke(uuid4())
        subject.revoke(again)
    assert len(subject._revoked) == 6
    clock.at += 361
    subject.revoke(uuid4())
    assert len(subject._revoked) == 1


# --- Keys ----------------------------------------------------------------------------------------------------------


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


# --- JWKS ----------------------------------------------------------------------------------------------------------


class Issuer:
    """A JWKS server that a test changes while it runs."""

    def __init__(self) -> None:
        self.body = b""
        self.status = 200
        self.hits = 0
        self.gate = threading.Event()
        self.gate.set()
        self.publish(k1=KEY)

    def publish(self, **keys: ec.EllipticCurvePrivateKey) -> None:
        self.body = json.dumps({"keys": [auth.jwk(key.public_key(), kid) for kid, key in keys.items()]}).encode()

    def start(self) -> None:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.hits += 1
                assert self.path == "/.well-known/jwks.json"
                issuer.gate.wait(10)
                self.send_response(issuer.status)
                self.send_header("Content-Length", str(len(issuer.body)))
                self.end_headers()
                try:
                    self.wfile.write(issuer.body)
                except OSError:
                    self.close_connection = True  # the other side had enough

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def stop(self) -> None:
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    served = Issuer()
    served.start()
    yield served
    served.stop()


async def test_keys_are_fetched_once_and_kept(issuer: Issuer):
    source = auth.Jwks([issuer.url])
    found = await asyncio.gather(*(source.key("k1") for _ in range(50)))
    assert {key.public_numbers() for key in found if key} == {KEY.public_key().public_numbers()}
    await source.key("k1")
    assert issuer.hits == 1
    await source.aclose()


async def test_a_token_is_verified_by_the_fetched_key(issuer: Issuer):
    subject = auth.Verifier(auth.Jwks([issuer.url]), audience="orders", issuer="mercat")
    assert (await subject.principal(access())).roles == ("merchandiser",)


async def test_an_unknown_kid_fetches_again_at_most_once_in_ten_seconds(issuer: Issuer):
    clock = Clock()
    source = auth.Jwks([issuer.url], clock=clock)
    await source.key("k1")
    issuer.publish(k1=KEY, k2=OTHER)
    assert await source.key("k2") is None
    assert issuer.hits == 1
    clock.at += 10
    found = await asyncio.gather(*(source.key("k2") for _ in range(20)))
    assert all(found)
    assert issuer.hits == 2
    assert await source.key("k3") is None
    assert issuer.hits == 2


async def test_keys_are_fetched_anew_after_five_minutes_and_old_ones_leave(issuer: Issuer):
    clock = Clock()
    source = auth.Jwks([issuer.url], clock=clock)
    await source.key("k1")
    clock.at += 301
    issuer.publish(k2=OTHER)
    assert await source.key("k1") is None
    assert await source.key("k2") is not None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"keys":[]}', b'{"keys":[{"kid":"k1","kty":"oct","k":"AA"}]}', b"x" * 70_000]
)
async def test_kept_keys_serve_a_day_while_the_issuer_answers_nonsense(issuer: Issuer, body: bytes):
    clock = Clock()
    source = auth.Jwks([issuer.url], clock=clock)
    await source.key("k1")
    issuer.body = body
    clock.at += 86_399
    assert await source.key("k1") is not None
    assert issuer.hits == 2
    # It failed a moment ago: nobody waits for another try.
    assert await source.key("k1") is not None
    assert issuer.hits == 2
    clock.at += 1
    with pytest.raises(problems.Unavailable):
        await source.key("k1")


async def test_an_issuer_that_hangs_holds_nobody_whose_key_is_kept(issuer: Issuer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jwks, "PATIENCE", 0.01)
    clock = Clock()
    source = auth.Jwks([issuer.url], clock=clock)
    await source.key("k1")
    issuer.gate.clear()
    clock.at += 301
    assert await source.key("k1") is not None
    assert source._fetch is not None
    await source.aclose()
    assert source._fetch is None


async def test_another_replica_of_the_issuer_is_asked_when_one_fails(issuer: Issuer):
    failing = Issuer()
    failing.start()
    failing.status = 503
    source = auth.Jwks([failing.url, issuer.url])
    assert await source.key("k1") is not None
    assert (failing.hits, issuer.hits) == (1, 1)
    failing.stop()


async def test_without_any_key_the_answer_is_unavailable_not_refused(issuer: Issuer):
    issuer.status = 500
    source = auth.Jwks([issuer.url])
    with pytest.raises(problems.Unavailable, match="cannot be checked"):
        await source.key("k1")
    with pytest.raises(problems.Unavailable):
        await auth.Jwks([]).key("k1")


def test_keys_at_hand_are_replaced_at_once():
    source = auth.StaticKeys({"a": KEY.public_key()})
    source.replace({"b": OTHER.public_key()})
    assert asyncio.run(source.key("a")) is None
    assert asyncio.run(source.key("b")) is not None


def test_the_keys_of_a_set_that_we_cannot_use_are_passed_over():
    good = auth.jwk(KEY.public_key(), "k1")
    document = {"keys": [{**good, "kid": "x", "alg": "RS256"}, {"kty": "EC"}, good]}
    assert list(jwks.parse(json.dumps(document).encode())) == ["k1"]


# --- Over HTTP -----------------------------------------------------------------------------------------------------


async def test_a_signed_in_person_is_known():
    account = uuid4()
    async with client_of(application()) as client:
        answer = await client.get("/me", headers=bearer(access(account_id=account)))
        assert answer.json() == {"account": str(account), "roles": ["merchandiser"], "same": True}
        lower = await client.get("/maybe", headers={"authorization": f"bearer {access(account_id=account)}"})
        assert lower.json() == {"account": str(account)}


async def test_without_a_token_401_names_no_error_and_maybe_gives_none():
    before = sample("auth_refused_total", kind="person", reason="missing")
    async with client_of(application()) as client:
        answer = await client.get("/me")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json()["type"] == "unauthenticated"
        assert (await client.get("/maybe")).json() == {"account": None}
    assert sample("auth_refused_total", kind="person", reason="missing") == before + 1


@pytest.mark.parametrize("path", ["/me", "/maybe", "/stock"])
@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer x.y.z", "Basic QTpC", f"Bearer {forged(OTHER)}", "é"])
async def test_a_token_that_is_not_good_is_a_401_that_says_no_more_than_that(path: str, value: str):
    async with client_of(application()) as client:
        answer = await client.get(path, headers=[(b"Authorization", value.encode())])
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.json() == {
        "type": "unauthenticated",
        "title": "Sign in first",
        "status": 401,
        "request_id": "r",
        "detail": "Your sign-in is not valid any more. Sign in again.",
    }


async def test_two_authorization_headers_are_refused():
    async with client_of(application()) as client:
        token = f"Bearer {access()}"
        answer = await client.get("/me", headers=[("Authorization", token), ("Authorization", token)])
    assert answer.status_code == 401


async def test_a_missing_scope_is_403_and_names_it():
    async with client_of(application()) as client:
        assert (await client.get("/stock", headers=bearer(access()))).status_code == 200
        answer = await client.get("/stock", headers=bearer(access(scopes=["stock:write"])))
        assert (await client.get("/stock")).status_code == 401
    assert answer.status_code == 403
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="catalog:write stock:write"'
    assert answer.json()["detail"] == "This needs the permission catalog:write stock:write."


def test_openapi_shows_the_scheme_where_it_is_needed_and_nothing_internal():
    document = application().openapi()
    scheme = document["components"]["securitySchemes"]["access_token"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    assert document["paths"]["/me"]["get"]["security"] == [{"access_token": []}]
    assert document["paths"]["/stock"]["get"]["security"] == [{"access_token": []}]
    assert not [path for path in document["paths"] if path.startswith("/internal")]


# --- Services ------------------------------------------------------------------------------------------------------


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
        access(),
        "x",
    ],
)
async def test_a_service_token_that_is_not_good_is_a_401(token: str):
    async with client_of(application()) as client:
        answer = await client.get("/internal/quote", headers=bearer(token))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')


async def test_nobody_gets_in_without_a_service_token():
    person = access()
    async with client_of(application()) as client:
        assert (await client.get("/internal/quote")).headers["www-authenticate"] == "Bearer"
        assert (await client.get("/internal/quote", headers=bearer(person))).status_code == 401
        assert (await client.get("/me", headers=bearer(service()))).status_code == 401


def test_a_service_token_is_kept_until_it_leaves():
    clock = Clock(time.time())
    callers = auth.Callers({"orders": callers_entry(ORDERS, "call")}, "catalog", clock=clock)
    token = service()
    assert callers.identify(token) is callers.identify(token)


def test_both_keys_are_taken_while_one_replaces_the_other():
    entry = {"key": [auth.jwk(ORDERS.public_key()), auth.jwk(OTHER.public_key())], "may": ["call"]}
    callers = auth.Callers({"orders": msgspec.convert(entry, auth.callers.Caller)}, "catalog")
    for key in (ORDERS, OTHER):
        assert callers.identify(auth.sign_service_token(key, "orders", "catalog")).name == "orders"


def test_the_callers_file_is_read_and_a_wrong_one_named(tmp_path: Path):
    path = tmp_path / "callers.json"
    path.write_text(json.dumps({"orders": {"key": auth.jwk(ORDERS.public_key()), "may": ["call", "feed"]}}))
    known = auth.Callers.load(path, "catalog").identify(service())
    assert (known.name, sorted(known.may)) == ("orders", ["call", "feed"])
    for content in ("", "[]", '{"orders": {"may": ["call"]}}', '{"orders": {"key": {"kty": "oct"}, "may": []}}'):
        path.write_text(content)
        with pytest.raises(ValueError, match=r"callers\.json \(CALLERS_FILE\)"):
            auth.Callers.load(path, "catalog")


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
    with pytest.raises(checking.Refused):
        checking.key_id("a" * 4097, "at+jwt")
