"""Secrets that the store makes for itself on its first start, each in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mercat.store import Store


def write_private(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Replace a file whole or not at all, readable by its owner only; `durable`: also when the power fails.

    One that holds this already is left alone: its time says when it changed.
    """
    if _holds(path, content):
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(descriptor)
    draft.replace(path)
    if durable:
        _sync_folder(path.parent)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_mode & 0o777 == 0o600 and path.read_bytes() == content
    except OSError:
        return False


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def once(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a file, made now if it does not exist or is empty (a crash left it so)."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    if not content:
        content = make()
        write_private(path, content, durable=True)
    return content


def password(store: Store, name: str) -> str:
    """A random password of this store, the same at every start; safe in a URL."""
    return once(store.keys / f"{name}.password", lambda: secrets.token_urlsafe(32).encode()).decode()


def token(store: Store, name: str, prefix: str) -> str:
    """A random value of letters and digits behind a prefix, such as `sk_test_...`."""
    made = f"{prefix}{secrets.token_hex(24)}"
    return once(store.keys / f"{name}.token", made.encode).decode()


def symmetric_key(store: Store, name: str) -> Path:
    """The file of a 32-byte key."""
    path = store.keys / f"{name}.key"
    once(path, partial(secrets.token_bytes, 32))
    return path


def signing_key(store: Store, service: str) -> Path:
    """The file of a service's own EC P-256 private key, PKCS 8 PEM."""
    path = store.keys / f"{service}.pem"
    once(path, _new_signing_key)
    return path


def public_jwk(private_key: Path) -> dict[str, str]:
    """The public half of a PEM file, as a JSON Web Key."""
    import json

    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from jwt.algorithms import ECAlgorithm

    key = load_pem_private_key(private_key.read_bytes(), password=None)
    jwk: dict[str, str] = json.loads(ECAlgorithm.to_jwk(key.public_key()))  # type: ignore[arg-type]  # -- we made it: it is EC
    return jwk


def _new_signing_key() -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
