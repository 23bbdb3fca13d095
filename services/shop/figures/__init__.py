"""Sales figures: sums of what was booked for orders, by day, product and country."""

from __future__ import annotations

from shop.figures.api import routes
from shop.figures.buyers import Buyers
from shop.figures.following import HANDLERS
from shop.figures.store.readings import ANY_DUE
from shop.figures.usecases.read_sources import read_sources
from shop.figures.usecases.start_reading import start_reading

__all__ = ["ANY_DUE", "HANDLERS", "Buyers", "read_sources", "routers", "start_reading"]

routers = (routes.router,)
