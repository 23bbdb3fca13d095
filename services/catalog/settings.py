"""The catalog's own settings."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from chassis.config import CurrencySettings
from chassis.limits import rate

Port = Annotated[int, Field(ge=1, le=65_535)]


# debt(media-url-shared): nothing refuses a place that another database uses; each would sweep the other's pictures.
def checked_media_url(value: str) -> str:
    """The value, where it names a folder or a bucket, or nothing.

    Raises:
        ValueError: it does not.
    """
    parts = urlsplit(value)
    folder = parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path.startswith("/")
    if value and not folder and not (parts.scheme == "s3" and parts.netloc):
        raise ValueError("it must be file:///a/folder or s3://bucket/prefix")
    return value


class CatalogSettings(CurrencySettings):
    """media_url: where images lie, file:///... or s3://bucket/prefix; if empty, in the folder media_dir. picture_ports:
    that pictures of an import are fetched from. picture_networks: from which beside the public internet, such as a
    laptop's own.
    """

    # Orders waits 3 s for a reservation: a batch may wait twice, and then answers orders one by one (store/batches.py).
    database_lock_seconds: float = Field(default=1, ge=0.05, le=14)
    media_url: str = ""
    media_dir: Path = Path("media")
    picture_ports: list[Port] = Field(default=[80, 443], min_length=1)
    picture_networks: list[IPv4Network | IPv6Network] = Field(default_factory=list)
    # Of one address in each process, and counted as reads too: they cost the database more.
    search_limit: str = "1200/min"

    @field_validator("search_limit")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        return rate(value)

    @field_validator("media_url")
    @classmethod
    def _a_place(cls, value: str) -> str:
        return checked_media_url(value)

    def unfit_for_production(self) -> Iterator[str]:
        """As Settings.unfit_for_production, with what only a test may allow."""
        yield from super().unfit_for_production()
        if self.picture_networks:
            yield "PICTURE_NETWORKS lets an import's picture addresses lead into your own network: it must be empty"
