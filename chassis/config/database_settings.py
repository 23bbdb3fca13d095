"""The settings of a service with a database."""

from __future__ import annotations

from pydantic import Field, SecretStr

from chassis.config.settings import CommonSettings


class Settings(CommonSettings):
    """What every service with a database needs. A service adds its own in its settings.py."""

    # postgresql://role:password@host:port/database, as the role that changes rows and no tables.
    database_url: SecretStr
    # The address of a replica that may be behind: for exports, reports and sitemaps alone (chassis.db.ReportTx).
    database_reader_url: SecretStr | None = None
    # Connections of each process.
    database_pool_size: int = Field(default=10, ge=1, le=200)
    # Whether statements are prepared once a connection: not behind a pooler that gives each transaction another one.
    database_statement_cache: bool = True
    # How long a statement waits for a row that another one has locked: less than those who wait for its answer.
    database_lock_seconds: float = Field(default=5, ge=0.05, le=14)
