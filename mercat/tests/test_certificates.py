from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import stat

import pytest
from cryptography import x509

from mercat.edge import certificates
from mercat.installation import secrets


def load(folder, name) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())


async def shake_hands(folder, host: str, *, authority=None) -> None:
    """A TLS client that trusts the authority meets a server with the certificate, as `host`."""
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(folder / "localhost.pem", folder / "localhost.key")
    client_side = ssl.create_default_context(cafile=str(authority or folder / "authority.pem"))
    client_side.verify_flags |= ssl.VERIFY_X509_STRICT
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=server_side)
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_side, server_hostname=host)
        writer.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
async def test_client_that_trusts_the_authority_accepts_the_server(tmp_path, host):
    certificates.ensure(tmp_path)
    await shake_hands(tmp_path, host)


@pytest.mark.parametrize("host", ["example.com", "10.0.0.1"])
async def test_certificate_is_invalid_for_other_names(tmp_path, host):
    certificates.ensure(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        await shake_hands(tmp_path, host)


async def test_authority_cannot_sign_for_other_names(tmp_path, monkeypatch):
    monkeypatch.setattr(certificates, "NAMES", ("localhost", "bank.example"))
    certificates.ensure(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        await shake_hands(tmp_path, "bank.example")


def test_certificate_is_created_once(tmp_path):
    assert certificates.ensure(tmp_path) is True
    before = load(tmp_path, "localhost").serial_number
    assert certificates.ensure(tmp_path) is False
    assert load(tmp_path, "localhost").serial_number == before


def test_private_keys_are_readable_by_owner_only(tmp_path):
    certificates.ensure(tmp_path)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_certificate_is_valid_90_days_and_authority_10_years(tmp_path):
    now = dt.datetime.now(dt.UTC)
    certificates.ensure(tmp_path, now=now)
    assert 89 <= (load(tmp_path, "localhost").not_valid_after_utc - now).days <= 90
    assert 3649 <= (load(tmp_path, "authority").not_valid_after_utc - now).days <= 3650


def test_certificate_is_renewed_in_its_last_month_by_the_same_authority(tmp_path):
    now = dt.datetime.now(dt.UTC)
    certificates.ensure(tmp_path, now=now)
    authority = load(tmp_path, "authority")
    assert certificates.ensure(tmp_path, now=now + dt.timedelta(days=59)) is False
    assert certificates.ensure(tmp_path, now=now + dt.timedelta(days=61)) is True
    assert load(tmp_path, "authority") == authority


async def test_expiring_authority_is_replaced_with_its_certificate(tmp_path):
    certificates.ensure(tmp_path, now=dt.datetime.now(dt.UTC) - dt.timedelta(days=3640))
    old = tmp_path / "old.pem"
    old.write_bytes((tmp_path / "authority.pem").read_bytes())
    assert certificates.ensure(tmp_path) is True
    await shake_hands(tmp_path, "localhost")
    with pytest.raises(ssl.SSLCertVerificationError):
        await shake_hands(tmp_path, "localhost", authority=old)


@pytest.mark.parametrize("damaged", ["authority.pem", "authority.key", "localhost.pem", "localhost.key"])
@pytest.mark.parametrize("content", [b"", b"half a fi", None])
async def test_incomplete_files_after_a_crash_are_replaced(tmp_path, damaged, content):
    certificates.ensure(tmp_path)
    if content is None:
        (tmp_path / damaged).unlink()
    else:
        secrets.write_private(tmp_path / damaged, content)
    assert certificates.ensure(tmp_path) is True
    await shake_hands(tmp_path, "localhost")


async def test_key_of_another_certificate_is_replaced(tmp_path):
    certificates.ensure(tmp_path)
    secrets.write_private(tmp_path / "localhost.key", (tmp_path / "authority.key").read_bytes())
    assert certificates.ensure(tmp_path) is True
    await shake_hands(tmp_path, "localhost")
