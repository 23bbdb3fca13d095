"""Fixtures of the tests of the proofs."""

from __future__ import annotations

import asyncio

import pytest

from chassis.testing.databases import empty_database
from proofs.tests.books_support import RIGHT, as_owner, make


@pytest.fixture(scope="session")
def urls(postgres):
    """Databases with right books, as the auditor."""
    return asyncio.run(make(postgres))


@pytest.fixture
async def plant(postgres, urls):
    """Changes what is right in a service's database, until the end of the test."""
    planted = []

    async def plant(service, sql):
        planted.append(service)
        await as_owner(postgres, service, f"set session_replication_role = replica; {sql}")  # no trigger fires

    yield plant
    for service in planted:
        await empty_database(postgres, service, "books")
        await as_owner(postgres, service, RIGHT[service])
