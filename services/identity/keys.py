"""The keys that sign access tokens: stored encrypted, published before use, replaced every 30 days."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
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
# What is withdrawn is published no more, and does not count.
_NEWEST = "select active_from from signing_keys where published_until is null"
# A key that is in use, or was, ends to be published; one that was to follow is deleted.
_WITHDRAW = """
update signing_keys set published_until = statement_timestamp()
where active_from < statement_timestamp() and (published_until is null or published_until > statement_timestamp())
"""
_DROP_NEXT = "delete from signing_keys where active_from >= statement_timestamp()"
# now() is when the transaction began: another replica may have made a key since, while this one waited for the lock.
_NOW = "select statement_timestamp()"
_PUBLISHED = """
select kid, private_key, public_key, active_from <= statement_timestamp() as active from signing_keys
where published_until is null or published_until > statement_timestamp() order by active_from desc
"""


_SEALED_OTHERWISE = (
    "The stored signing keys were sealed under another key than that of KEY_ENCRYPTION_KEY_FILE. Put that one back; if "
    "it is lost, or was changed on purpose, empty the table signing_keys of identity: everybody signs in again "
    "(docs/guides/security.md)"
)


class WrongSecret(ValueError):
    """The secret is not the one under which the keys were sealed."""


class _Row(msgspec.Struct):
    kid: str
    private_key: bytes
    public_key: dict[str, Any]
    active: bool


class _Newest(msgspec.Struct):
    kid: str
    active_from: datetime


class Rotated(msgspec.Struct, frozen=True):
    """The newest key, and since when it signs; `new`: whether it was made just now."""

    kid: str
    active_from: datetime
    new: bool


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
        self.invitation_key = _derived(secret, b"invitations")
        self.recovery_key = _derived(secret, b"recovery codes")
        self.link_key = _derived(secret, b"links of accounts")

    def seal(self, key: ec.EllipticCurvePrivateKey, kid: str) -> bytes:
        """A private key, encrypted with AES-GCM and bound to its key id."""
        encoding, form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
        return self.seal_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()), kid)

    def seal_bytes(self, plain: bytes, name: str) -> bytes:
        """A secret, encrypted with AES-GCM and bound to what it is of."""
        nonce = secrets.token_bytes(12)
        return nonce + self._aead.encrypt(nonce, plain, name.encode())

    def open(self, sealed: bytes, kid: str) -> ec.EllipticCurvePrivateKey:
        """The private key that `seal` encrypted.

        Raises:
            WrongSecret: it was sealed under another secret.
        """
        key = serialization.load_der_private_key(self.open_bytes(sealed, kid), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 -- sealed by us
        return key

    def open_bytes(self, sealed: bytes, name: str) -> bytes:
        """What `seal_bytes` encrypted.

        Raises:
            WrongSecret: it was sealed under another secret, or is of something else.
        """
        try:
            return self._aead.decrypt(sealed[:12], sealed[12:], name.encode())
        except InvalidTag:
            raise WrongSecret(_SEALED_OTHERWISE) from None


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
        now: datetime = await tx.value(_NOW)
        newest: datetime | None = await tx.value(_NEWEST)
        if newest is None:
            await self._make(tx, now)
        elif now >= newest + self._lifetime - PUBLISHED_BEFORE_USE:
            await self._make(tx, max(now, newest) + PUBLISHED_BEFORE_USE)

    async def rotate(self, db: Database, *, at_once: bool) -> Rotated:
        """Publish the next key, which signs a day later. `at_once`: it signs now, and every other is withdrawn."""
        async with db.write() as tx:
            await tx.value("select pg_advisory_xact_lock($1)", _LOCK)
            now: datetime = await tx.value(_NOW)
            if at_once:
                withdrawn = await tx.execute(_WITHDRAW)
                await tx.execute(_DROP_NEXT)
                await audit.record(tx, "signing_keys.withdrawn", after={"withdrawn": withdrawn})
                return Rotated(await self._make(tx, now), now, new=True)
            newest = await tx.row(_Newest, "select kid, active_from from signing_keys where published_until is null")
            if newest is not None and newest.active_from > now:
                return Rotated(newest.kid, newest.active_from, new=False)
            return Rotated(await self._make(tx, now + PUBLISHED_BEFORE_USE), now + PUBLISHED_BEFORE_USE, new=True)

    async def _make(self, tx: WriteTx, active_from: datetime) -> str:
        key = ec.generate_private_key(ec.SECP256R1())
        kid = auth.thumbprint(key.public_key())
        await tx.execute(_MAKE_PLACE, active_from + PUBLISHED_AFTER_USE)
        await tx.execute(_INSERT, kid, self.encryption.seal(key, kid), auth.jwk(key.public_key()), active_from)
        await audit.record(tx, "signing_key.made", f"key:{kid}", after={"active_from": active_from})
        return kid
