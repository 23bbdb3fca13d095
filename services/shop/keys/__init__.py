"""API keys: secrets by which other programs use the API, with some of the rights of staff."""

from __future__ import annotations

from shop.keys.api import routers
from shop.keys.usecases.end_all_keys import end_all_keys
from shop.keys.usecases.find_key import finder
from shop.keys.usecases.narrow_keys import narrowed_by
from shop.keys.usecases.sweep_keys import sweep_keys

__all__ = ["end_all_keys", "finder", "narrowed_by", "routers", "sweep_keys"]
