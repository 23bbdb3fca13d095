"""The configuration of a service: its settings, its service.yaml, the currencies it sells in."""

from chassis.config.currencies import CurrencySettings
from chassis.config.service_spec import ServiceSpec
from chassis.config.settings import Settings, WrongSettings, local_or_plain, read_settings

__all__ = ["CurrencySettings", "ServiceSpec", "Settings", "WrongSettings", "local_or_plain", "read_settings"]
