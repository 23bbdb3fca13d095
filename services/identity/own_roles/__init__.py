"""Roles that a store makes for itself: a name and some scopes."""

from identity.own_roles.api import router
from identity.own_roles.problems import UnknownRole
from identity.own_roles.store import scopes_given

__all__ = ["UnknownRole", "router", "scopes_given"]
