"""The configuration of a service: its settings, its service.yaml, the currencies it sells in.

The names are imported when they are first used: who needs a service.yaml alone (the supervisor of the laptop's store)
does without pydantic, FastAPI and what these import, which is 35 MB.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chassis.config.currencies import CurrencySettings
    from chassis.config.database_settings import Settings
    from chassis.config.service_spec import ServiceSpec
    from chassis.config.settings import CommonSettings, WrongSettings, local_or_plain, read_settings
    from chassis.config.shop import NewShopSettings

__all__ = [
    "CommonSettings",
    "CurrencySettings",
    "NewShopSettings",
    "ServiceSpec",
    "Settings",
    "WrongSettings",
    "local_or_plain",
    "read_settings",
]

_MODULES = {
    "CurrencySettings": "currencies",
    "NewShopSettings": "shop",
    "ServiceSpec": "service_spec",
    "Settings": "database_settings",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES.get(name, 'settings')}"), name)
