"""Keys for tests: each service's own, and an issuer of access tokens whose JWKS is served on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chassis import auth
from chassis.values import uuid7
from local_servers import embedded

ISSUER = "mercat"
AUDIENCE = ["identity", "catalog", "orders", "payments", "shop", "hello"]  # beside the service under test


class Keyring:
    """Makes and keeps the keys; a context manager that also serves the issuer's JWKS."""

    kid = "test-key"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._services: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.issuer_key = ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def jwks(self) -> bytes:
        """Identity's public keys, as it publishes them."""
        return msgspec.json.encode({"keys": [auth.jwk(self.issuer_key.public_key(), self.kid)]})

    def __enter__(self) -> Self:
        document = self.jwks

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/.well-known/jwks.json" else 404)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(document)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def issuer_url(self) -> str:
        """Where an identity service would be: it serves only /.well-known/jwks.json."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def service_key(self, name: str) -> ec.EllipticCurvePrivateKey:
        """The private key of a service, made at the first call."""
        if name not in self._services:
            key = ec.generate_private_key(ec.SECP256R1())
            pem = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            (self._folder / f"{name}.pem").write_bytes(pem)
            self._services[name] = key
        return self._services[name]

    def key_file(self, name: str) -> Path:
        """The file of that key, as SERVICE_KEY_FILE names it."""
        self.service_key(name)
        return self._folder / f"{name}.pem"

    def callers_file(self, callers: Iterable[str]) -> Path:
        """A callers.json in which these may call and read the feed."""
        entries = {
            name: {"key": auth.jwk(self.service_key(name).public_key(), name), "may": ["call", "feed"]}
            for name in sorted(callers)
        }
        path = self._folder / f"callers-{'-'.join(entries) or 'none'}.json"
        path.write_bytes(msgspec.json.encode(entries))
        return path

    def access_token(self, account_id: UUID | None = None, scopes: Iterable[str] = (), **claims: Any) -> str:
        """A customer's or staff member's token, as identity would sign it. `claims` replace or add."""
        now = int(time.time())
        payload = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(account_id or uuid7()),
            "sid": str(uuid7()),
            "sv": 1,
            "jti": str(uuid7()),
            "iat": now,
            "exp": now + 300,
            "scope": " ".join(scopes),
            "roles": [],
            "auth_time": now,
            **claims,
        }
        return jwt.encode(payload, self.issuer_key, "ES256", headers={"kid": self.kid, "typ": "at+jwt"})

    def service_token(self, caller: str, audience: str) -> str:
        """What `caller` shows to /internal of `audience`."""
        return auth.sign_service_token(self.service_key(caller), caller, audience)


@dataclass(frozen=True)
class Bench:
    """The servers and keys of a test session."""

    postgres: embedded.Postgres
    valkey_url: str
    keyring: Keyring

    def environment(self, package: str, database_url: str, urls: dict[str, list[str]] | None = None) -> dict[str, str]:
        """The settings of a service, as environment variables. Identity is the test issuer unless `urls` names it."""
        return {
            "ENVIRONMENT": "test",
            "DATABASE_URL": database_url,
            "DATABASE_POOL_SIZE": "20",
            "VALKEY_URL": self.valkey_url,
            "SERVICE_KEY_FILE": str(self.keyring.key_file(package)),
            "CALLERS_FILE": str(
                self.keyring.callers_file({"orders", "payments", "catalog", "identity", "shop"} - {package})
            ),
            "SERVICE_URLS": msgspec.json.encode({"identity": [self.keyring.issuer_url], **(urls or {})}).decode(),
            "ISSUER": ISSUER,
            # Somebody follows whatever is tested, so that its events can be looked at.
            "FOLLOWED_BY": "tests",
        }
