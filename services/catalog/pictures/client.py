"""Fetches pictures from addresses that strangers wrote, without being led inside.

Connections are those of `chassis/http/public_connector.py`. Redirects are followed by hand, each as a new address.
Nothing of the environment counts: no proxy, no netrc, no cookie.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from catalog.pictures.bodies import read
from catalog.pictures.failures import NotFetched, TemporaryFailure
from chassis.http.public_addresses import Network
from chassis.http.public_connector import PublicConnector, RefusedAddress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_REDIRECTS = 5
# Of a picture with all its redirects; of one connection; between two pieces of a body.
TOTAL_SECONDS, CONNECT_SECONDS, IDLE_SECONDS = 30.0, 5.0, 10.0
MAX_LINE = 8_000
PER_HOST = 4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({408, 425, 429})
_GONE = frozenset({404, 410})
_HEADERS = {
    "User-Agent": "Mercat/1 (pictures of an import)",
    "Accept": "image/avif,image/webp,image/jpeg,image/png,image/gif;q=0.9",
    "Accept-Encoding": "identity",
}


class PictureClient:
    """Fetches; made and closed within a running event loop.

    ports: that may be connected to. networks: that may be connected to beside what is public.
    """

    def __init__(self, *, ports: Sequence[int] = (80, 443), networks: Sequence[Network] = ()) -> None:
        self._session = aiohttp.ClientSession(
            connector=PublicConnector(ports=ports, networks=networks, per_host=PER_HOST),
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers=_HEADERS,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=IDLE_SECONDS),
            max_line_size=MAX_LINE,
            max_field_size=MAX_LINE,
            requote_redirect_url=False,
        )

    async def aclose(self) -> None:
        """Close its connections."""
        await self._session.close()

    async def fetch(self, url: str) -> bytes:
        """What lies at the address, of at most MAX_BYTES.

        Raises:
            NotFetched: TemporaryFailure among them, where another try may help.
        """
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._followed(url)
        except TimeoutError:
            reason = f"It did not arrive within {TOTAL_SECONDS:.0f} seconds."
            raise TemporaryFailure("timeout", reason) from None

    async def _followed(self, url: str) -> bytes:
        here = _checked(url)
        for _ in range(MAX_REDIRECTS + 1):
            async with self._answer(here) as answer:
                if answer.status not in _REDIRECTS:
                    return await _content(answer)
                here = _checked(answer.headers.get("Location", ""), here)
        raise NotFetched("too-many-redirects", f"The address leads on more than {MAX_REDIRECTS} times.")

    @asynccontextmanager
    async def _answer(self, url: URL) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            async with self._session.get(url, allow_redirects=False) as answer:
                yield answer
        except aiohttp.ClientConnectorCertificateError as error:
            reason = f"The server {url.host} has no valid certificate: {error.certificate_error}."
            raise NotFetched("bad-certificate", reason) from None
        except aiohttp.ClientConnectorDNSError:
            raise TemporaryFailure(
                "unknown-host", f"There is no server {url.host}, or its name cannot be resolved now."
            ) from None
        except (aiohttp.InvalidURL, UnicodeError):
            raise NotFetched("bad-address", f"This is not a web address: {str(url)[:200]}") from None
        except RefusedAddress as error:
            reason = f"No connection is made to {url.host}: {error}. Pictures are fetched from public addresses alone."
            raise NotFetched("refused-address", reason) from None
        except TimeoutError:
            raise TemporaryFailure("timeout", f"The server {url.host} is too slow.") from None
        except (aiohttp.ClientError, OSError) as error:
            reason = f"The server {url.host} cannot be reached, or broke off ({type(error).__name__})."
            raise TemporaryFailure("unreachable", reason) from None


def _checked(text: str, base: URL | None = None) -> URL:
    """The address to ask next.

    Raises:
        NotFetched: it is none of the web, or holds a name and password.
    """
    try:
        url = URL(text) if base is None else base.join(URL(text))
        usable = bool(text) and url.scheme in {"http", "https"} and bool(url.host) and url.user is None
    except (ValueError, UnicodeError):
        usable = False
    if not usable or url.password is not None:
        code = "bad-address" if base is None else "bad-redirect"
        raise NotFetched(code, f"This is not a web address that can be fetched (http or https): {text[:200]!r}")
    return url.with_fragment(None)


async def _content(answer: aiohttp.ClientResponse) -> bytes:
    """The body of a last answer.

    Raises:
        NotFetched: it is not 200, or too large.
    """
    status, host = answer.status, answer.url.host
    if status == 200:
        return await read(answer)
    if status in _GONE:
        raise NotFetched("not-found", f"There is nothing at this address ({status}).")
    if status in _LATER or status >= 500:
        raise TemporaryFailure("server-error", f"The server {host} answers {status}.")
    raise NotFetched("refused-by-server", f"The server {host} refuses to give it ({status}).")
