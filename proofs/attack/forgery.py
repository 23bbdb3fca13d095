"""B4 B7: forged access tokens at every service, forged webhooks, and refreshes that pages of other sites ask for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from proofs.attack.people import anonymous, boss_of
from proofs.shopper import PASSWORD, Shopper, shopper
from proofs.store import ProofStore

TITLE = "Forgery: access tokens, webhooks and refreshes that are not genuine"
# A path of each service that needs an administrator's token.
GUARDED = (
    "/api/v1/accounts/me",
    "/api/v1/admin/products?limit=1",
    "/api/v1/admin/orders?limit=1",
    "/api/v1/admin/payments?limit=1",
)
EVENT = json.dumps({"id": "evt_forged", "object": "event", "type": "payment_intent.succeeded", "data": {}}).encode()


async def prove(store: ProofStore) -> list[str]:
    """Send all of it; returns what was accepted."""
    async with boss_of(store) as boss:
        genuine = boss.headers["Authorization"].partition(" ")[2]
        keys = (await boss.call("GET", "/.well-known/jwks.json")).body["keys"]
        made = forged(genuine, keys)
        wrong = [found for name, token in made.items() for found in await _refused(store, name, token)]
        wrong += await _inside(store, genuine)
        if (await boss.call("GET", GUARDED[0])).status != 200:
            wrong.append("the genuine token is refused, so nothing was shown")
    print(f"  {len(made)} kinds of forged tokens at {len(GUARDED)} services", flush=True)
    return [*wrong, *await _webhooks(store), *await _refreshes(store)]


def forged(genuine: str, keys: list[dict[str, Any]]) -> dict[str, str]:
    """Tokens that are not genuine, by what is wrong with them. `keys`: the public ones that the store publishes."""
    head, body, signature = genuine.split(".")
    header, claims = _decoded(head), _decoded(body)
    key = next(each for each in keys if each["kid"] == header["kid"])
    public = jwt.PyJWK(key).key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    own = ec.generate_private_key(ec.SECP256R1())
    ours = jwt.algorithms.ECAlgorithm.to_jwk(own.public_key(), as_dict=True)

    def signed(**more: object) -> str:
        return jwt.encode(claims, own, "ES256", headers={**header, **more})

    return {
        "no algorithm": f"{_encoded({**header, 'alg': 'none'})}.{body}.",
        "no algorithm, in other letters": f"{_encoded({**header, 'alg': 'nOnE'})}.{body}.",
        "no signature": f"{head}.{body}.",
        "a signature of zeros": f"{head}.{body}.{_text(bytes(64))}",
        "the public key as an HMAC's": _hmac(header, claims, public),
        "the published key as an HMAC's": _hmac(header, claims, json.dumps(key).encode()),
        "an empty HMAC key": _hmac({**header, "kid": ""}, claims, b""),
        "a key of its own": signed(),
        "a key in its header": signed(jwk=ours),
        "the address of a key": signed(jku="http://127.0.0.1:1/keys", x5u="http://127.0.0.1:1/chain"),
        "a path as the name of a key": signed(kid="../../dev/null"),
        "a statement as the name of a key": signed(kid="' or 1=1 --"),
        "a critical header": signed(crit=["mercat"], mercat=1),
        "the type of a service's": f"{_encoded({**header, 'typ': 'svc+jwt'})}.{body}.{signature}",
        "another type": f"{_encoded({**header, 'typ': 'JWT'})}.{body}.{signature}",
        "another person": f"{head}.{_encoded({**claims, 'sub': str(uuid.uuid4())})}.{signature}",
        "more permissions": f"{head}.{_encoded({**claims, 'scope': claims['scope'] + ' shop:probe'})}.{signature}",
        "a later end": f"{head}.{_encoded({**claims, 'exp': claims['exp'] + 9_000})}.{signature}",
        "30,000 letters": "a" * 30_000 + ".b.c",
    }


def _decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return found


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _encoded(part: Mapping[str, Any]) -> str:
    return _text(json.dumps(part, separators=(",", ":")).encode())


def _hmac(header: Mapping[str, Any], claims: Mapping[str, Any], key: bytes) -> str:
    signed = f"{_encoded({**header, 'alg': 'HS256'})}.{_encoded(claims)}"
    return f"{signed}.{_text(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


async def _refused(store: ProofStore, name: str, token: str) -> list[str]:
    async with anonymous(store, f"Bearer {token}") as stranger:
        answers = [(path, (await stranger.call("GET", path)).status) for path in GUARDED]
    return [f"a token with {name} at {path}: {status}" for path, status in answers if status not in {401, 431}]


async def _inside(store: ProofStore, genuine: str) -> list[str]:
    """A person's token opens nothing that is for services, where a process of this machine or a pod can ask."""
    wrong = []
    for service in ("identity", "catalog", "orders", "payments", "shop"):
        url = f"http://127.0.0.1:{store.processes(service)[0].port}/internal/feed"
        async with store.http.get(url, headers={"Authorization": f"Bearer {genuine}"}) as answer:
            if answer.status != 401:
                wrong.append(f"the feed of {service} for an administrator: {answer.status}")
    return wrong


def _signatures(now: int) -> dict[str, str]:
    def made(key: bytes, scheme: str = "v1", at: int = now) -> str:
        return f"t={at},{scheme}=" + hmac.new(key, f"{at}.".encode() + EVENT, hashlib.sha256).hexdigest()

    return {
        "an empty key": made(b""),
        "a key that others use": made(b"whsec_test"),
        "another scheme": made(b"whsec_test", scheme="v0"),
        "a time alone": f"t={now}",
        "no time": "v1=" + "0" * 64,
        "a time that is none": "t=nan,v1=" + "0" * 64,
        "200 signatures": f"t={now}," + ",".join("v1=" + "0" * 64 for _ in range(200)),
    }


async def _webhooks(store: ProofStore) -> list[str]:
    wrong = []
    for name, signature in _signatures(int(time.time())).items():
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        async with store.http.post(f"{store.plain}/webhooks/stripe", data=EVENT, headers=headers) as answer:
            if answer.status != 400:
                wrong.append(f"a webhook with {name}: {answer.status}")
    stored = await store.value("payments", "select count(*) from provider_events where id = 'evt_forged'")
    return wrong + ([f"{stored} forged webhooks were stored"] if stored else [])


async def _refreshes(store: ProofStore) -> list[str]:
    """A page of another site has the browser send the cookie; only one of the store's own may use it."""
    async with shopper(store) as person:
        await person.register()
        await _sign_in_guarded(person)
        foreign: list[dict[str, str]] = [
            {},
            {"X-Mercat": "refresh", "Sec-Fetch-Site": "cross-site"},
            {"X-Mercat": "refresh", "Sec-Fetch-Site": "none"},
            {"X-Mercat": "refresh", "Origin": "https://evil.example"},
            {"X-Mercat": "refresh", "Origin": "null"},
        ]
        wrong = []
        for headers in foreign:
            answer = await person.call("POST", "/api/v1/sessions/refresh", **headers)
            if answer.status != 403:
                wrong.append(f"a refresh of another site, {headers}: {answer.status}")
        own = await person.call("POST", "/api/v1/sessions/refresh", **{"X-Mercat": "refresh"})
        if own.status != 200:
            wrong.append(f"a refresh of the store's own page: {own.status}")
        preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
        async with store.http.options(f"{store.plain}/api/v1/accounts/me", headers=preflight) as told:
            wrong += [
                f"another origin is allowed: {name}" for name in told.headers if name.startswith("Access-Control")
            ]
    return wrong


async def _sign_in_guarded(person: Shopper) -> None:
    """Sign in; AssertionError where no other site is kept from the cookie, which later requests have."""
    wish = {"email": person.email, "password": PASSWORD}
    async with person.http.post(f"{person.base}/api/v1/sessions", json=wish) as answer:
        cookies = [each for each in answer.headers.getall("Set-Cookie") if each.startswith("__Host-refresh=")]
    parts = {part.strip().lower() for part in cookies[0].split(";")[1:]}
    assert {"secure", "httponly", "samesite=strict", "path=/"} <= parts, cookies
