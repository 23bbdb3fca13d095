"""What the shop says of itself: name, colours, currencies, languages, and the texts of its policies."""

from __future__ import annotations

from shop.profile.api import internal, public, staff
from shop.profile.usecases.begin_profile import begin_profile

__all__ = ["begin_profile", "routers"]

routers = (public.router, staff.router, internal.router)
