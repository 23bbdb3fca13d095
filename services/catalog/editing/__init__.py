"""Products by hand: create, duplicate and publish them, and edit their options, variants and sales."""

from __future__ import annotations

from catalog.editing.api.options import router as _options
from catalog.editing.api.products import router as _products
from catalog.editing.api.sales import router as _sales
from catalog.editing.api.variants import router as _variants
from catalog.editing.store.publications import ANY_DUE as ANY_PUBLICATION_DUE
from catalog.editing.store.sales import ANY_DUE as ANY_SALE_DUE
from catalog.editing.usecases.apply_sales import apply_sales
from catalog.editing.usecases.publish_due import publish_due

routers = (_products, _options, _variants, _sales)

__all__ = ["ANY_PUBLICATION_DUE", "ANY_SALE_DUE", "apply_sales", "publish_due", "routers"]
