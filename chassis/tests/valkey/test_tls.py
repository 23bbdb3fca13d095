from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chassis.cache.client import Client


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of `localhost` that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Valkey of a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def relay(url: str, tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    """What listens by TLS and passes on to Valkey, which has none of its own here; its port."""

    address, talks = urlsplit(url), set[asyncio.Task[None]]()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(address.hostname, address.port)
        await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.create_task(talk(reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*talks)


def _server_side(certificate: Path) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    return tls


@pytest.mark.parametrize(
    ("host", "trusts", "query", "reached"),
    [
        ("localhost", True, "", True),
        ("localhost", False, "", False),
        ("127.0.0.1", True, "", False),
        ("127.0.0.1", True, "&ssl_check_hostname=false", True),
        ("127.0.0.1", False, "&ssl_cert_reqs=none", True),
    ],
)
async def test_a_server_is_reached_by_tls_if_its_certificate_fits(
    valkey_url: str, certificate: Path, host: str, query: str, *, trusts: bool, reached: bool
):
    async with relay(valkey_url, _server_side(certificate)) as port:
        trust = f"&ssl_ca_certs={certificate}" if trusts else ""
        client = Client(f"valkeys://{host}:{port}?db=1{trust}{query}", timeout=60)
        if reached:
            await client.execute("SET", "large", b"x" * 3_000_000)
            answers = await asyncio.gather(*(client.execute(*command) for command in [("GET", "large"), ("PING",)]))
            assert answers == [b"x" * 3_000_000, b"PONG"]
        else:
            with pytest.raises(ssl.SSLCertVerificationError):
                await client.execute("PING")
        await client.aclose()


async def test_a_server_that_asks_for_a_certificate_gets_it(valkey_url: str, certificate: Path):
    asking = _server_side(certificate)
    asking.load_verify_locations(certificate)
    asking.verify_mode = ssl.CERT_REQUIRED
    async with relay(valkey_url, asking) as port:
        own = f"ssl_certfile={certificate}&ssl_keyfile={certificate}"
        client = Client(f"valkeys://localhost:{port}?ssl_ca_certs={certificate}&{own}", timeout=60)
        assert await client.execute("PING") == b"PONG"
        await client.aclose()
        stranger = Client(f"valkeys://localhost:{port}?ssl_ca_certs={certificate}", timeout=60)
        with pytest.raises(OSError):
            await stranger.execute("PING")
        await stranger.aclose()


async def test_a_tls_handshake_that_never_ends_causes_a_short_timeout(valkey_url: str):
    """It takes the greeting of TLS for a command that is not whole yet."""
    async with relay(valkey_url, None) as port:
        listening = Client(f"valkeys://127.0.0.1:{port}", timeout=0.1)
        with pytest.raises(OSError):
            await listening.execute("PING")
        await listening.aclose()
