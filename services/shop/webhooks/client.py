"""Sends a message to an address that staff wrote, without being led inside.

Connections are those of `chassis/http/public_connector.py`. Redirects are not followed, and nothing of the environment
counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import aiohttp
import msgspec
from yarl import URL

from chassis.http.public_addresses import Network
from chassis.http.public_connector import PublicConnector, RefusedAddress

TOTAL_SECONDS, CONNECT_SECONDS = 15.0, 5.0


class Answer(msgspec.Struct, frozen=True):
    """What came back: a status, or what went wrong."""

    status: int | None = None
    error: str | None = None


class WebhookClient:
    """Made and closed within a running event loop. `networks` may be connected to beside what is public."""

    def __init__(self, *, ports: Sequence[int], networks: Sequence[Network]) -> None:
        self._session = aiohttp.ClientSession(
            # However many endpoints are at one host: who sends bounds what is sent to each at once.
            connector=PublicConnector(ports=ports, networks=networks),
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=["Accept"],
            headers={"User-Agent": "Mercat/1 (webhooks)"},
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS),
        )

    async def aclose(self) -> None:
        """Close its connections."""
        await self._session.close()

    async def send(self, url: str, headers: Mapping[str, str], body: str) -> Answer:
        """Send it once. Of the answer only the status is read."""
        try:
            async with (
                asyncio.timeout(TOTAL_SECONDS),
                self._session.post(URL(url), data=body.encode(), headers=headers, allow_redirects=False) as answer,
            ):
                return Answer(answer.status)
        except RefusedAddress as error:
            return Answer(error=f"No connection is made: {error}")
        except aiohttp.ClientConnectorDNSError:
            return Answer(error="There is no server of this name, or it cannot be resolved now")
        except aiohttp.ClientConnectorCertificateError:
            return Answer(error="The server has no valid certificate")
        except TimeoutError:
            return Answer(error=f"No answer within {TOTAL_SECONDS:.0f} seconds")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(error=f"The server cannot be reached, or broke off ({type(error).__name__})")
