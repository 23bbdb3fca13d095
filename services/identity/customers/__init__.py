"""What staff keep about customers: notes, and groups to which they add accounts by hand; and the list of accounts."""

from __future__ import annotations

from identity.customers.api.accounts import router as accounts_router
from identity.customers.api.groups import router as groups_router
from identity.customers.api.notes import router as notes_router

__all__ = ["ROUTERS"]

# The groups first: `/api/v1/admin/accounts/groups` would be taken for an account.
ROUTERS = (groups_router, accounts_router, notes_router)
