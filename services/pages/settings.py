"""Settings of the service pages, beside those of every service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, field_validator

from chassis.config import CurrencySettings, NewShopSettings
from chassis.limits import rate

_STOREFRONT = Path(__file__).resolve().parents[2] / "web" / "storefront"


class PagesSettings(CurrencySettings, NewShopSettings):
    """What pages begin with while the shop does not answer, where their files are, and who may show a card form."""

    # The folder of the styles, scripts, icons and texts that pages load.
    storefront_dir: Path = _STOREFRONT
    # The origin of a double of Stripe, such as http://localhost:8005, for the pay page; empty: Stripe itself.
    stripe_double_origin: str = Field(default="", pattern=r"^(https?://[a-z0-9.-]+(:[0-9]{1,5})?)?$")
    # Pages of one address with a search, in each process: each may cost the catalog one.
    page_search_limit: str = "600/min"

    @field_validator("page_search_limit")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        return rate(value)

    def unfit_for_production(self) -> Iterator[str]:
        """As Settings.unfit_for_production, with what only a test may allow."""
        yield from super().unfit_for_production()
        if self.stripe_double_origin:
            yield "STRIPE_DOUBLE_ORIGIN lets the pay page run a double's script: it must be empty"
