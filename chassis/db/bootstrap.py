"""`python -m chassis.db.bootstrap SERVICE...`: makes the services' databases and roles (chassis.db.roles).

With SECRETS_PREFIX, all that it needs is in AWS Secrets Manager: <prefix>/database-master (its host is DATABASE_HOST),
and <prefix>/<service>/database, database-owner and database-auditor, each {host, port, dbname, username, password}.
Else the folder ADMINISTRATOR_DIR has a file for each of these fields, as a Secret of CloudNativePG has, and the folder
MERCAT_SECRETS_DIR the files <service>_runtime_url, <service>_owner_url and <service>_auditor_url. DATABASE_QUERY is the
query of each URL that is made of fields: how TLS is verified.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import asyncpg

from chassis.db import secrets_manager
from chassis.db.roles import RolesError, ServiceRoles, ensure
from chassis.resilience import ending

_IN_AWS = {"owner": "database-owner", "runtime": "database", "auditor": "database-auditor"}


def url(fields: Mapping[str, str | int], query: str) -> str:
    """The URL of these fields.

    Raises:
        RolesError: one is missing.
    """
    try:
        user, password = (quote(str(fields[name]), safe="") for name in ("username", "password"))
        host = quote(str(fields["host"]), safe="[]:")  # a socket's folder, too
    except KeyError as missing:
        raise RolesError(f"A secret of the database has no field {missing}") from None
    place = f"{host}:{fields.get('port', 5432)}/{fields.get('dbname', 'postgres')}"
    return f"postgresql://{user}:{password}@{place}" + (f"?{query}" if query else "")


def from_folders(
    administrator: Path, folder: Path, services: Sequence[str], query: str
) -> tuple[str, list[ServiceRoles]]:
    """The administrator's URL, and the roles of each service.

    Raises:
        RolesError, OSError: a file is missing or wrong.
    """
    fields = {file.name: _text(file) for file in administrator.iterdir() if file.is_file()}
    # The database's own user and database may be in it, too: an administrator starts from `postgres`.
    found = [
        ServiceRoles.of(**{kind: _text(folder / f"{service}_{kind}_url") for kind in _IN_AWS}) for service in services
    ]
    return url({**fields, "dbname": "postgres"}, query), found


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip()


def from_aws(prefix: str, host: str, services: Sequence[str], query: str) -> tuple[str, list[ServiceRoles]]:
    """As `from_folders`.

    Raises:
        RolesError, OSError: a secret cannot be read, or is wrong.
    """
    account = secrets_manager.Account.of_this_pod()
    administrator = url({**account.secret(f"{prefix}/database-master"), "host": host}, query)
    found = []
    for service in services:
        secrets = {kind: account.secret(f"{prefix}/{service}/{name}") for kind, name in _IN_AWS.items()}
        found.append(ServiceRoles.of(**{kind: url(fields, query) for kind, fields in secrets.items()}))
    return administrator, found


def main() -> None:
    """Make them; exits with a message where that cannot be done."""
    services, query = sys.argv[1:], os.environ.get("DATABASE_QUERY", "")
    if not services:
        sys.exit(__doc__)
    try:
        if prefix := os.environ.get("SECRETS_PREFIX"):
            administrator, roles = from_aws(prefix, os.environ.get("DATABASE_HOST", ""), services, query)
        else:
            place, own = (Path(os.environ.get(f"{name}_DIR", "")) for name in ("ADMINISTRATOR", "MERCAT_SECRETS"))
            administrator, roles = from_folders(place, own, services, query)
        ending.run(ensure(administrator, roles))
    except (RolesError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        sys.exit(f"The databases' roles were not made: {error or type(error).__name__}")
    print(f"databases and roles are as they must be: {', '.join(services)}")  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
