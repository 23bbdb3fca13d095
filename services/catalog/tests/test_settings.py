"""The catalog's own settings, and which of them production refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from catalog.media import media_url
from catalog.settings import CatalogSettings

PRODUCTION: dict[str, Any] = {
    "environment": "production",
    "database_url": "postgresql://catalog:long-and-random@db/catalog",
    "service_key_file": "key.pem",
    "callers_file": "callers.json",
    "public_url": "https://shop.example.com",
}


def test_production_fetches_pictures_from_the_public_internet_alone():
    assert CatalogSettings(**PRODUCTION).picture_ports == [80, 443]
    with pytest.raises(ValidationError, match="PICTURE_NETWORKS lets an import's picture addresses lead into"):
        CatalogSettings(**PRODUCTION, picture_networks=["10.0.0.0/8"])
    with pytest.raises(ValidationError, match="picture_ports"):
        CatalogSettings(**PRODUCTION, picture_ports=[])
    with pytest.raises(ValidationError, match="picture_ports"):
        CatalogSettings(**PRODUCTION, picture_ports=[70_000])


@pytest.mark.parametrize(
    "url", ["", "file:///var/media", "file://localhost/var/media", "s3://bucket", "s3://bucket/a/b"]
)
def test_media_lie_in_a_folder_or_a_bucket(url: str):
    assert CatalogSettings(**PRODUCTION, media_url=url).media_url == url


@pytest.mark.parametrize(
    "url", ["media", "/var/media", "file://host/var", "http://bucket", "s3:///a", "gs://bucket", "s3"]
)
def test_media_lie_nowhere_else(url: str):
    with pytest.raises(ValidationError, match="file:///a/folder or s3://bucket/prefix"):
        CatalogSettings(**PRODUCTION, media_url=url)


def test_the_folder_counts_where_no_address_is_given(tmp_path: Path):
    assert media_url("", tmp_path / "a b") == f"file://{tmp_path}/a%20b"
    assert media_url("s3://bucket", tmp_path) == "s3://bucket"
