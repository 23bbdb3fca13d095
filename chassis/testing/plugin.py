"""The pytest plugin: session-wide servers. Loaded by the root conftest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from chassis.testing import keys, servers
from local_servers import embedded

# How long an example may take is no claim of ours: a busy machine takes longer.
settings.register_profile("any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded.Postgres]:
    """A PostgreSQL of this test process alone."""
    with servers.postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A Valkey of this test process alone."""
    with servers.valkey_server() as url:
        yield url


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[keys.Keyring]:
    """Keys of every service, and an issuer of access tokens with its JWKS on loopback."""
    folder: Path = tmp_path_factory.mktemp("keys")
    with keys.Keyring(folder) as ring:
        yield ring


@pytest.fixture(scope="session")
def bench(postgres: embedded.Postgres, valkey_url: str, keyring: keys.Keyring) -> keys.Bench:
    """All that `running_app` and `live_service` need."""
    return keys.Bench(postgres, valkey_url, keyring)
