"""Settings of the shop service, beside those of every service."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import Field

from chassis.config import CurrencySettings, NewShopSettings, Settings

Port = Annotated[int, Field(ge=1, le=65_535)]


class ShopSettings(CurrencySettings, NewShopSettings, Settings):
    """The currencies of which the shop's people choose, and where webhooks may lead."""

    # The file of 32 bytes or more, the same for all replicas, from which the secrets of webhooks follow; without it the
    # service's own key serves.
    webhook_key_file: Path | None = None
    # Ports to which webhooks are sent.
    webhook_ports: list[Port] = Field(default=[443, 8443], min_length=1)
    # Networks to which webhooks are sent beside the public internet, such as a laptop's own; then http will do, too.
    webhook_networks: list[IPv4Network | IPv6Network] = Field(default_factory=list)

    def webhook_key(self) -> bytes:
        """The key from which the secrets of webhooks follow.

        Raises:
            OSError, ValueError: the file cannot be read, or holds less than 32 bytes.
        """
        given = (self.webhook_key_file or self.service_key_file).read_bytes()
        if len(given) < 32:
            raise ValueError("WEBHOOK_KEY_FILE must hold at least 32 bytes")
        return hmac.digest(given, b"mercat webhooks", hashlib.sha256)

    def unfit_for_production(self) -> Iterator[str]:
        """As Settings.unfit_for_production, with what only a test may allow."""
        yield from super().unfit_for_production()
        if self.webhook_networks:
            yield "WEBHOOK_NETWORKS lets addresses of webhooks lead into your own network: it must be empty"
