"""`rollback`: services go back to the version that ran before; others are left alone; what cannot is said."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from deploy.refusal import Refusal
from deploy.release import cli
from deploy.release.tests.clusters import FAILS_TO_MIGRATE, NEW, OLD, services, standing


def test_services_go_back_and_forward_again(tmp_path, monkeypatch, handover):
    with standing(tmp_path, monkeypatch) as made:
        where = str(handover(made.api.url))

        def back(*names: str, more: tuple[str, ...] = ("--no-smoke",)) -> str:
            chosen = [word for name in names for word in ("--service", name)]
            words = ["rollback", "production", "--handover", where, *chosen, *more]
            return CliRunner().invoke(cli.app, words, catch_exceptions=False).output

        made.deploy(services(OLD, "catalog", "payments"))
        with pytest.raises(Refusal, match=r"(?s)catalog: there is no other version to go back to"):
            back("catalog")
        made.deploy(services(NEW, "catalog", "payments"))
        with pytest.raises(Refusal, match="migration"):  # it failed, so it is nothing to go back to
            made.deploy(services(FAILS_TO_MIGRATE, "catalog"))

        assert f"catalog: from revision 4 ({NEW[:19]}) to revision 1 ({OLD[:19]})" in back("catalog")
        assert (made.runs("catalog"), made.runs("payments")) == (OLD, NEW)
        back("catalog")
        assert made.runs("catalog") == NEW
        with pytest.raises(Refusal, match=r"127\.0\.0\.1:9"):
            back("payments", more=("--smoke-url", "http://127.0.0.1:9", "--smoke-seconds", "0"))
        assert made.runs("payments") == OLD
