"""The database and its secret hold the same master password, also after a first apply that broke off between them."""

from __future__ import annotations

import json

import pytest

from deploy.documents.rehearsal import bring_up
from deploy.tests.double.account import Account
from deploy.tests.double.run import offline
from deploy.tests.double.tree import offline_copy

pytestmark = pytest.mark.terraform
NAME = "mercat-development-postgres"


class Breaking(Account):
    """Makes the database and then fails, once: as after an interrupt, before anything that follows it."""

    broken = False

    def waited(self, name):
        if name == "aws_db_instance" and not self.broken:
            self.broken = True
            return False
        return True


def passwords(account: Account) -> tuple[str, str]:
    """That of the database, and that of its secret."""
    secret = next(value for (_, key), value in account.written.items() if key.endswith("/database-master"))
    return account.written["aws_db_instance", NAME], json.loads(secret)["password"]


def test_after_a_broken_first_apply_secret_and_database_hold_one_password(tmp_path):
    tree, account = offline_copy(tmp_path), Breaking()
    layer = tree / "live" / "development" / "30-data"
    with offline(tree, account) as terraform:
        bring_up(terraform, tree, "development", last="20-network")
        terraform.plan(layer)
        broken = terraform(layer, "apply", "-auto-approve")
        assert broken.status == 1
        assert "context canceled" in broken.text, broken.text[-3000:]
        made, kept = passwords(account)
        assert made == kept
        assert terraform(layer, "untaint", "module.layer.module.database.aws_db_instance.this").status == 0
        mended = terraform(layer, "apply", "-auto-approve")
        assert mended.status == 0, mended.complaint
        assert passwords(account) == (made, kept)

        # A new number is a new password, in both.
        table = tree / "settings" / "environments.tf"
        table.write_text(
            table.read_text().replace(
                "master_password    = { development = 1", "master_password    = { development = 2"
            )
        )
        assert terraform(layer, "apply", "-auto-approve").status == 0
        new, secret = passwords(account)
        assert new == secret != made

        account.role = "mercat-development-plan"
        again = terraform(layer, "plan", "-detailed-exitcode")
        assert again.status == 0, again.complaint
