"""The address of Valkey: the parts of VALKEY_URL."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

PORT = 6379

_SECURE = {"valkeys", "rediss"}
_SCHEMES = {"valkey", "redis", "unix", *_SECURE}
_TLS_PARAMETERS = {"ssl_cert_reqs", "ssl_check_hostname", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile"}

P = TypeVar("P", bound=asyncio.BaseProtocol)


@dataclass(frozen=True)
class Address:
    """`path` is that of a Unix socket, or empty; `greeting` the commands that every connection begins with."""

    host: str
    port: int
    path: str
    tls: ssl.SSLContext | None
    greeting: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, url: str) -> Address:
        """From valkey://user:password@host:port/database, valkeys:// with TLS, or unix:///path?db=0.

        Parameters: db, and with TLS those of _TLS_PARAMETERS; the chain and the name are verified unless they say
        otherwise.

        Raises:
            ValueError: it is none of these, or has another parameter. The message holds no part of a password.
        """
        try:
            parts = urlsplit(url)
            port, query = parts.port or PORT, _query(parts)
            path = unquote(parts.path) if parts.scheme == "unix" else ""
            database = int(query.get("db") or ("" if path else parts.path.strip("/")) or 0)
        except ValueError:
            raise ValueError(
                "VALKEY_URL cannot be read: its scheme, port, database or a parameter is not known, or its password is "
                "not percent-encoded"
            ) from None
        greeting: list[tuple[str, ...]] = []
        if parts.password is not None:
            user = [unquote(parts.username)] if parts.username else []
            greeting.append(("AUTH", *user, unquote(parts.password)))
        if database:
            greeting.append(("SELECT", str(database)))
        tls = _tls(query) if parts.scheme in _SECURE else None
        return cls(parts.hostname or "localhost", port, path, tls, tuple(greeting))

    async def connect(self, protocol: Callable[[], P]) -> P:
        """A connection with this protocol.

        Raises:
            OSError: there is none.
        """
        loop = asyncio.get_running_loop()
        if self.path:
            return (await loop.create_unix_connection(protocol, self.path))[1]
        return (await loop.create_connection(protocol, self.host, self.port, ssl=self.tls))[1]


def _query(parts: SplitResult) -> dict[str, str]:
    known = {"db", *(_TLS_PARAMETERS if parts.scheme in _SECURE else ())}
    query = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
    if parts.scheme not in _SCHEMES or query.keys() - known:
        raise ValueError(parts.scheme)
    return query


def _tls(query: dict[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=query.get("ssl_ca_certs"))
    verify = query.get("ssl_cert_reqs") != "none"
    context.check_hostname = verify and query.get("ssl_check_hostname", "true").lower() not in {"false", "no", "0"}
    if not verify:
        # nosemgrep: certificate-unchecked -- the URL of the cache asks for it by name, as other clients read it
        context.verify_mode = ssl.CERT_NONE
    if "ssl_certfile" in query:
        context.load_cert_chain(query["ssl_certfile"], query.get("ssl_keyfile"))
    return context
