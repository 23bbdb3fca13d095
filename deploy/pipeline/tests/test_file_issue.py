from __future__ import annotations

import pytest

from deploy.pipeline.file_issue import close_issue, file_issue
from deploy.refusal import Refusal


def issues(known):
    return [(each["number"], each["state"], each["title"], each["body"]) for each in known["issues"]]


def test_one_matter_has_one_issue_which_is_brought_up_to_date(known):
    assert file_issue("costs", "What staging costs", "10 USD") == "1"
    assert file_issue("costs", "What staging costs", "11 USD") == "1"
    assert file_issue("costs", "What staging costs more", "1 USD") == "2"
    assert file_issue("drift", "What staging costs", "another label") == "3"
    assert issues(known)[0] == (1, "open", "What staging costs", "11 USD\n")
    assert len(issues(known)) == 3


def test_closed_issue_stays_closed_and_a_new_one_is_opened(known):
    assert close_issue("drift", "It differs", "It is as written again.") == []
    file_issue("drift", "It differs", "a")
    assert close_issue("drift", "It differs", "It is as written again.") == ["1"]
    assert file_issue("drift", "It differs", "b") == "2"
    assert [state for _, state, *_ in issues(known)] == ["closed", "open"]


def test_second_issue_of_the_same_matter_is_closed(known):
    twice = [
        {"number": n, "state": "open", "label": "debt", "title": "What is owed", "body": ""} for n in (2, 1)
    ]  # fmt: skip
    known.set(issues=[twice[1], twice[0]])
    assert file_issue("debt", "What is owed", "new") == "1"
    assert [(number, state) for number, state, *_ in issues(known)] == [(1, "open"), (2, "closed")]


def test_body_that_github_would_refuse_is_cut_and_says_so(known, monkeypatch):
    for name, value in {"SERVER_URL": "https://github.com", "REPOSITORY": "example/mercat", "RUN_ID": "7"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    file_issue("report", "The week", "x" * 100_000)
    (body,) = [body for *_, body in issues(known)]
    assert len(body) <= 65_536
    assert body.endswith("(cut: the rest stands in the run)\n\nFrom https://github.com/example/mercat/actions/runs/7\n")


def test_gh_that_refuses_is_a_failure_with_its_words(known):
    known.file.write_text("no JSON")
    with pytest.raises(Refusal, match="gh issue list"):
        file_issue("report", "The week", "text")
