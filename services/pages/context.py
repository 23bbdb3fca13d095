"""What the code of pages works with: the chassis' context with this service's settings."""

from __future__ import annotations

from chassis.context import Context
from pages.settings import PagesSettings

PagesContext = Context[PagesSettings]
