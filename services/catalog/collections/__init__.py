"""How products are put in order: collections, the tree of categories, facets, suggestions, related products."""

from __future__ import annotations

from catalog.collections.api.admin import router as admin_router
from catalog.collections.api.categories import router as categories_router
from catalog.collections.api.finding import router as finding_router
from catalog.collections.api.finding import staff_router as chosen_router
from catalog.collections.api.public import router as public_router
from catalog.collections.jobs import ANY_UNCHECKED, keep_collections
from catalog.collections.store.members import ids as members_of
from catalog.collections.store.members import replace as replace_members

__all__ = ["ANY_UNCHECKED", "keep_collections", "members_of", "replace_members", "routers"]

routers = (public_router, finding_router, admin_router, categories_router, chosen_router)
