from __future__ import annotations

import pytest
import pytest_asyncio

from chassis.testing import running_app
from chassis.testing.mailbox import Mailbox
from identity.tests.own_account.people import People
from identity.tests.privacy.others import Others


@pytest.fixture(scope="module")
def mailbox():
    with Mailbox().open() as box:
        yield box


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def others():
    async with Others().serving() as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(bench, tmp_path_factory, mailbox, others):
    """One service for a module: each test has people of its own."""
    key_file = tmp_path_factory.mktemp("privacy") / "key"
    key_file.write_bytes(bytes(range(32)))
    settings = {"smtp_url": mailbox.url, "mail_from": "Mercat <shop@mercat.example>"}
    async with running_app(
        "identity", bench, urls=others.urls, key_encryption_key_file=key_file, **settings
    ) as service:
        yield People(service, mailbox)
