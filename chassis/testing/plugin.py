"""The pytest plugin: session-wide servers, and failures as they happen. Loaded by the root conftest."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx._transports import default as transport
from hypothesis import HealthCheck, settings

from chassis.telemetry import metrics
from chassis.testing import keys, lines, servers
from local_servers import embedded

# How long an example may take is no claim of ours: a busy machine takes longer.
settings.register_profile("any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


class Failures:
    """Prints each failure as it happens: a run that is cut off still says what failed, and why."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self.terminal = terminal

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See pytest's reference."""
        if report.failed:
            self.terminal.ensure_newline()
            self.terminal.write_line(f"FAILED {report.nodeid} ({report.when})")
            self.terminal.write_line(report.longreprtext)
            self.terminal.flush()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Report failures where the run has a terminal reporter: pytest-xdist's workers have none. Gather log lines.

    Also let all of httpx's clients share what they trust: each would read the file of certificate authorities, which
    takes 15 ms of CPU, and a test makes several.
    """
    lines.gather()
    transport.create_ssl_context = functools.cache(transport.create_ssl_context)  # type: ignore[attr-defined]  # not exported
    # All services run in this process: it has more series than any one of them may have, and counts as each of them.
    metrics.MAX_SERIES *= 100
    if terminal := config.pluginmanager.get_plugin("terminalreporter"):
        config.pluginmanager.register(Failures(terminal))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Fail a test whose log lines an index with strict types would refuse."""
    try:
        yield
    finally:
        wrong = list(lines.misfits(lines.taken()))
    assert not wrong, wrong  # noqa: S101 -- a test's own


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
