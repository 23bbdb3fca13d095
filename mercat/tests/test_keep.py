from __future__ import annotations

import stat

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mercat import keep


def test_a_secret_is_made_once_and_only_its_owner_reads_it(store):
    first = keep.password(store, "valkey")
    assert keep.password(store, "valkey") == first
    assert len(first) >= 32
    assert first.isascii()
    for path in store.keys.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_secrets_differ(store):
    assert keep.password(store, "one") != keep.password(store, "two")
    assert keep.token(store, "stripe", "sk_test_").startswith("sk_test_")


def test_an_empty_file_left_by_a_crash_is_filled(store):
    (store.keys / "valkey.password").touch()
    assert len(keep.password(store, "valkey")) >= 32


def test_a_draft_left_by_a_crash_does_no_harm(store):
    keep.write_private(store.keys / "x", b"whole")
    (store.keys / ".x.1").write_bytes(b"ha")
    assert (store.keys / "x").read_bytes() == b"whole"


def test_the_signing_key_is_p256_and_its_public_half_fits(store):
    path = keep.signing_key(store, "orders")
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"
    assert keep.public_jwk(path)["crv"] == "P-256"


def test_the_symmetric_key_has_32_bytes(store):
    path = keep.symmetric_key(store, "key-encryption")
    assert len(path.read_bytes()) == 32
    assert keep.symmetric_key(store, "key-encryption").read_bytes() == path.read_bytes()
