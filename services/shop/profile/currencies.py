"""Which currencies the shop shows."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.config import CurrencySettings
from chassis.problems import FieldError, Invalid


def shown(settings: CurrencySettings, chosen: Sequence[str]) -> list[str]:
    """Those of the chosen ones that the store is set up for; all of them where none is left. The default is first."""
    usable = [code for code in chosen if code in settings.sold_in]
    return usable or sorted(settings.sold_in, key=lambda code: code != settings.currency)


def check(settings: CurrencySettings, chosen: Sequence[str]) -> None:
    """Raises Invalid where the store is not set up for one of them."""
    wrong = [
        FieldError(f"currencies.{place}", f"The store is set up for {', '.join(settings.sold_in)}", "not-sold-in")
        for place, code in enumerate(chosen)
        if code not in settings.sold_in
    ]
    if wrong:
        raise Invalid(errors=wrong)
