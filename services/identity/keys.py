"""The keys that sign access tokens: stored encrypted, published before use, replaced every 30 days."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis import audit, auth
from chassis.db import Database, WriteTx

PUBLISHED_BEFORE_USE = timedelta(hours=24)
# By then the last token that it signed has expired, with every service's leeway.
PUBLISHED_AFTER_USE = timedelta(hours=1)
_LOCK = 0x6B657973  # serialises the making of keys

_MAKE_PLACE = "update signing_keys set published_until = $1 where published_until is null"
_INSERT = """
insert into signing_keys (kid, private_key, public_key, active_from) values ($1, $2, $3, $4)
"""
_PUBLISHED = """
select kid, private_key, public_key, active_from <= now() as active from signing_keys
where published_until is null or published_until > now() order by active_from desc
"""


class _Row(msgspec.Struct):
    kid: str
    private_key: bytes
    public_key: dict[str, Any]
    active: bool


class KeyEncryption:
    """Encrypts private keys at rest, and derives the other secret keys; its own secret is outside the database."""

    def __init__(self, path: Path) -> None:
        secret = path.read_bytes()
        if len(secret) != 32:
            raise ValueError(f"{path} (KEY_ENCRYPTION_KEY_FILE) must hold exactly 32 random bytes")
        self._aead = AESGCM(secret)
        self.refresh_key = _derived(secret, b"refresh tokens")
        self.registration_key = _derived(secret, b"registrations")
        self.device_key = _derived(secret, b"device cookies")

    def seal(self, key: ec.EllipticCurvePrivateKey, kid: str) -> bytes:
        """A private key, encrypted with AES-GCM and bound to its key id."""
        encoding, form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
        plain = key.private_bytes(encoding, form, serialization.NoEncryption())
        nonce = secrets.token_bytes(12)
        return nonce + self._aead.encrypt(nonce, plain, kid.encode())

    def open(self, sealed: bytes, kid: str) -> ec.EllipticCurvePrivateKey:
        """The private key that `seal` encrypted."""
        plain = self._aead.decrypt(sealed[:12], sealed[12:], kid.encode())
        key = serialization.load_der_private_key(plain, password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 -- sealed by us
        return key


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return hashlib.blake2b(purpose, key=secret, digest_size=32).digest()


class SigningKeys:
    """The published keys, and the one that signs now. `refresh` reads them anew, making the first or the next one."""

    def __init__(self, encryption: KeyEncryption, lifetime: timedelta) -> None:
        self.encryption = encryption
        self._lifetime = lifetime
        self.source = auth.StaticKeys({})
        self.jwks = b""

    async def refresh(self, db: Database) -> None:
        """Read the keys; make one when there is none, or when the newest has been in use for its lifetime."""
        async with db.write() as tx:
            await tx.value("select pg_advisory_xact_lock($1)", _LOCK)
            await self._ensure_next(tx)
            rows = await tx.rows(_Row, _PUBLISHED)
        signing = next(row for row in rows if row.active)
        self.kid, self.key = signing.kid, self.encryption.open(signing.private_key, signing.kid)
        self.source.replace({row.kid: auth.public_key(row.public_key) for row in rows})
        self.jwks = msgspec.json.encode({"keys": [row.public_key for row in rows]})

    async def _ensure_next(self, tx: WriteTx) -> None:
        now: datetime = await tx.value("select now()")
        newest: datetime | None = await tx.value("select max(active_from) from signing_keys")
        if newest is None:
            await self._make(tx, now)
        elif now >= newest + self._lifetime - PUBLISHED_BEFORE_USE:
            await self._make(tx, max(now, newest) + PUBLISHED_BEFORE_USE)

    async def _make(self, tx: WriteTx, active_from: datetime) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        kid = auth.thumbprint(key.public_key())
        await tx.execute(_MAKE_PLACE, active_from + PUBLISHED_AFTER_USE)
        await tx.execute(_INSERT, kid, self.encryption.seal(key, kid), auth.jwk(key.public_key()), active_from)
        await audit.record(tx, "signing_key.made", f"key:{kid}", after={"active_from": active_from})
