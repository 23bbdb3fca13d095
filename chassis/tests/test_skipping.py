from __future__ import annotations

import pytest
from _pytest.outcomes import Failed, Skipped

from chassis.testing.skipping import CI_CANNOT_HAVE, in_ci, skip_without


@pytest.mark.parametrize("ci", ["", "false", "0"])
def test_outside_of_ci_a_missing_program_is_skipped_with_the_reason(monkeypatch, ci):
    monkeypatch.setenv("CI", ci)
    with pytest.raises(Skipped, match="NOT TESTED without node: it is not on the PATH"):
        skip_without("node", "it is not on the PATH")


@pytest.mark.parametrize("ci", ["true", "1", "True"])
def test_in_ci_a_missing_program_is_a_failure(monkeypatch, ci):
    monkeypatch.setenv("CI", ci)
    assert in_ci()
    with pytest.raises(Failed, match="node is missing here"):
        skip_without("node", "it is not on the PATH")


@pytest.mark.parametrize("what", sorted(CI_CANNOT_HAVE))
def test_in_ci_what_ci_cannot_have_is_skipped(monkeypatch, what):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Skipped):
        skip_without(what, "there is none")
