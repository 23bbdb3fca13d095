"""Errors of roles that a store makes for itself."""

from __future__ import annotations

from chassis.problems import Conflict, Problem


class UnknownRole(Problem):
    """422: there is no role of this name, or nobody may give it.

    What to do: Choose among the roles of `GET /api/v1/admin/accounts/roles`.
    """

    status, type, title = 422, "unknown-role", "There is no such role"


class RoleInUse(Conflict):
    """409: accounts have this role.

    What to do: Take it from each of them first.
    """

    type, title = "role-in-use", "Somebody has this role"


class BuiltInRole(Conflict):
    """409: the role is built in.

    What to do: Make a role of another name.
    """

    type, title = "built-in-role", "Built-in roles do not change"


class TooManyRoles(Conflict):
    """409: the store has as many roles of its own as it may have.

    What to do: Delete one that nobody has.
    """

    type, title = "too-many-roles", "There are too many roles"
