"""The catalog's own settings."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from chassis.config import CurrencySettings, Settings
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


class CatalogSettings(CurrencySettings, Settings):
    """Where images are and for how long, from where those of an import are fetched, and how much may be searched."""

    # As of every service, but less: orders waits 3 s for a reservation, and a batch may wait twice before it answers
    # orders one by one (store/batches.py).
    database_lock_seconds: float = Field(default=1, ge=0.05, le=14)
    # Where images are: file:///a/folder or s3://bucket/prefix; empty: in the folder MEDIA_DIR.
    media_url: str = ""
    # The folder of images where MEDIA_URL is empty.
    media_dir: Path = Path("media")
    # Days for which a picture is kept that no product shows any more: more than a backup's age may be when it is
    # restored, or what was uploaded is gone for good.
    media_keep_days: int = Field(default=36, ge=1, le=3_660)
    # Ports from which pictures of an import are fetched.
    picture_ports: list[Port] = Field(default=[80, 443], min_length=1)
    # Networks from which pictures of an import are fetched beside the public internet, such as a laptop's own.
    picture_networks: list[IPv4Network | IPv6Network] = Field(default_factory=list)
    # Searches of one address in each process, counted as reads too: they cost the database more.
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
