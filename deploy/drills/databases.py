"""The databases and roles of services, made for a drill as a laptop and a cluster make them (chassis.db.roles)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chassis.config import ServiceSpec
from chassis.db import roles
from mercat.config import environment
from mercat.config.services import with_database

# Each role has one, also where the server asks for none.
PASSWORD = "of-a-drill"  # noqa: S105 -- of a server that ends with the drill


async def make(administrator: str, specs: Iterable[ServiceSpec], url: Callable[[str, str], str]) -> dict[str, str]:
    """Make them; the settings by which a store uses them. `url` is that of a database and a role, with a password."""
    settings, services = {}, []
    for spec in with_database(specs):
        names = (environment.owner_role(spec), spec.database, environment.auditor_role(spec))
        owner, runtime, auditor = (url(spec.database, role) for role in names)
        services.append(roles.ServiceRoles.of(owner, runtime, auditor))
        settings[f"DATABASE_URL_{spec.name.upper()}"] = runtime
        settings[f"DATABASE_OWNER_URL_{spec.name.upper()}"] = owner
    await roles.ensure(administrator, services)
    return settings
