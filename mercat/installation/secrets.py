"""Keys and passwords that are generated at the first start, each in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mercat.installation.installation import Installation


def write_private(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Replace a file's content in one step, with mode 0600; `durable` syncs it to disk.

    A file that has this content already is not written: its modification time stays.
    """
    if _has_content(path, content):
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


def _has_content(path: Path, content: bytes) -> bool:
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


def read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a file; created with `make` if the file is missing or empty (after a crash)."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    if not content:
        content = make()
        write_private(path, content, durable=True)
    return content


def password(installation: Installation, name: str) -> str:
    """A random password with this name, the same at every start; safe in a URL."""
    return read_or_create(installation.keys / f"{name}.password", lambda: secrets.token_urlsafe(32).encode()).decode()


def token(installation: Installation, name: str, prefix: str) -> str:
    """A random value with this name: a prefix, then letters and digits, such as `sk_test_...`."""
    made = f"{prefix}{secrets.token_hex(24)}"
    return read_or_create(installation.keys / f"{name}.token", made.encode).decode()


def symmetric_key(installation: Installation, name: str) -> Path:
    """The file of a random 32-byte key with this name."""
    path = installation.keys / f"{name}.key"
    read_or_create(path, partial(secrets.token_bytes, 32))
    return path


def signing_key(installation: Installation, service: str) -> Path:
    """The file of a service's EC P-256 private key, as PKCS 8 PEM."""
    path = installation.keys / f"{service}.pem"
    read_or_create(path, _new_signing_key)
    return path


def public_jwk(private_key: Path) -> dict[str, str]:
    """The public key of a private key file, as a JSON Web Key."""
    import json

    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from jwt.algorithms import ECAlgorithm

    key = load_pem_private_key(private_key.read_bytes(), password=None)
    jwk: dict[str, str] = json.loads(ECAlgorithm.to_jwk(key.public_key()))  # type: ignore[arg-type]  # -- created below as EC
    return jwk


def _new_signing_key() -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
