from __future__ import annotations

import pytest
from _pytest.outcomes import Failed, Skipped

from chassis.testing.skipping import CI_CANNOT_HAVE, in_ci, skip_without


@pytest.mark.parametrize("ci", ["", "false", "0"])
def test_a_person_is_told_what_was_not_tested(monkeypatch, ci):
    monkeypatch.setenv("CI", ci)
    with pytest.raises(Skipped, match="NOT TESTED without node: it is not on the PATH"):
        skip_without("node", "it is not on the PATH")


@pytest.mark.parametrize("ci", ["true", "1", "True"])
def test_in_ci_what_is_missing_is_a_failure(monkeypatch, ci):
    monkeypatch.setenv("CI", ci)
    assert in_ci()
    with pytest.raises(Failed, match="node is missing here"):
        skip_without("node", "it is not on the PATH")


@pytest.mark.parametrize("what", sorted(CI_CANNOT_HAVE))
def test_what_no_ci_of_ours_can_have_is_let_pass(monkeypatch, what):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Skipped):
        skip_without(what, "there is none")
