"""A client that fetches pictures, as tests need it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest

from catalog.pictures.client import PictureClient
from catalog.pictures.failures import NotFetched
from catalog.tests.pictures.server import PictureServer, names
from chassis.http import public_connector

LOOPBACK = [ip_network("127.0.0.0/8")]


@asynccontextmanager
async def fetching(
    server: PictureServer, monkeypatch: pytest.MonkeyPatch, *, inside: bool = True, **known: list[list[str]]
) -> AsyncIterator[PictureClient]:
    """A client that may fetch from the server, and where `inside` is False thinks as in production of loopback."""
    monkeypatch.setattr(public_connector, "make_resolver", names(**known))
    made = PictureClient(ports=[80, 443, server.port], networks=LOOPBACK if inside else [])
    try:
        yield made
    finally:
        await made.aclose()


async def refused(made: PictureClient, url: str) -> NotFetched:
    with pytest.raises(NotFetched) as failure:
        await made.fetch(url)
    assert len(failure.value.reason) > 15
    return failure.value
