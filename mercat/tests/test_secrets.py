from __future__ import annotations

import stat

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mercat.installation import secrets


def test_secret_is_created_once_with_mode_0600(installation):
    first = secrets.password(installation, "valkey")
    assert secrets.password(installation, "valkey") == first
    assert len(first) >= 32
    assert first.isascii()
    for path in installation.keys.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_secrets_differ(installation):
    assert secrets.password(installation, "one") != secrets.password(installation, "two")
    assert secrets.token(installation, "stripe", "sk_test_").startswith("sk_test_")


def test_empty_file_after_a_crash_gets_a_secret(installation):
    (installation.keys / "valkey.password").touch()
    assert len(secrets.password(installation, "valkey")) >= 32


def test_temporary_file_after_a_crash_is_replaced(installation):
    secrets.write_private(installation.keys / "x", b"whole")
    (installation.keys / ".x.1").write_bytes(b"ha")
    assert (installation.keys / "x").read_bytes() == b"whole"


def test_signing_key_is_p256_and_matches_its_public_key(installation):
    path = secrets.signing_key(installation, "orders")
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"
    assert secrets.public_jwk(path)["crv"] == "P-256"


def test_the_symmetric_key_has_32_bytes(installation):
    path = secrets.symmetric_key(installation, "key-encryption")
    assert len(path.read_bytes()) == 32
    assert secrets.symmetric_key(installation, "key-encryption").read_bytes() == path.read_bytes()
