"""Keys, tokens good and bad, and an application that asks for them."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import uuid4

import httpx
import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import Depends, FastAPI, Request
from prometheus_client import REGISTRY
from starlette.responses import Response

from chassis import auth, problems

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
    with pytest.raises(auth.InvalidToken) as refused:
        await subject.principal(token)
    return refused.value.reason


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async def problem(_request: Request, raised: Exception) -> Response:
        assert isinstance(raised, problems.Problem)
        return Response(raised.body("r", "4bf9"), raised.status, raised.headers, problems.MEDIA_TYPE)

    app.add_exception_handler(problems.Problem, problem)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://catalog") as client:
        yield client


def application() -> FastAPI:
    app = FastAPI()
    app.state.verifier = verifier()
    app.state.denials = noted(app)
    app.state.callers = auth.ServiceVerifier(
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

    @app.get("/keys", dependencies=[Depends(auth.require_recent("stock:write"))])
    async def keys() -> dict[str, Any]:
        return {}

    internal = auth.internal_router()

    @internal.get("/quote")
    async def quote(caller: Annotated[str, Depends(auth.require_caller())]) -> dict[str, Any]:
        return {"caller": caller}

    feed = auth.internal_router("feed")

    @feed.get("/feed")
    async def read_feed() -> dict[str, Any]:
        return {}

    app.include_router(internal)
    app.include_router(feed)
    return app


def noted(app: FastAPI) -> Any:
    """In place of the audit log, which needs a database: what it is told, in `app.state.denied`."""
    app.state.denied = []

    async def note(scope: Any, who: auth.Principal, needed: str) -> None:
        app.state.denied.append((scope["path"], who.account_id, needed))

    return note


def callers_entry(key: ec.EllipticCurvePrivateKey, *may: str) -> Any:
    return msgspec.convert({"key": auth.jwk(key.public_key()), "may": may}, auth.service_auth.ServiceKeys)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
