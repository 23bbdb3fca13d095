"""What the drill of alerts expects of messages. The drill itself needs a store: `make drill-alerts`."""

from __future__ import annotations

import aiohttp
import pytest

from deploy.drills.alerts import told
from deploy.drills.alerts.__main__ import RULES
from deploy.drills.alerts.cases import CASES, ELSEWHERE, NOT_CAUSED
from deploy.observability.rules import compiled
from deploy.observability.tests import names

_CAUSED = [("page", alert) for each in CASES.values() for alert in each.pages]
_CAUSED += [("ticket", alert) for each in CASES.values() for alert in each.tickets]


@pytest.mark.parametrize(("severity", "alert"), sorted(set(_CAUSED)))
def test_every_alert_of_the_drill_has_a_rule_with_texts(severity, alert):
    for runbook, *texts in told.expected(RULES, alert, severity):
        assert runbook == f"/observe/runbooks/{alert}"
        assert len(" ".join(texts)) > 20


def test_every_page_is_caused_or_listed_with_its_reason():
    rules = names.rules(group for each in compiled.groups().values() for group in each)
    pages = {rule["alert"] for rule in rules if rule.get("labels", {}).get("severity") == "page"}
    caused = {alert for severity, alert in _CAUSED if severity == "page"}
    assert len(caused) > 25
    assert not caused & (NOT_CAUSED.keys() | ELSEWHERE)
    assert not NOT_CAUSED.keys() & ELSEWHERE
    assert caused | ELSEWHERE | NOT_CAUSED.keys() == pages
    assert all(len(reason) > 20 for reason in NOT_CAUSED.values())


def test_a_message_says_what_one_of_the_rules_wants():
    wanted = [["FeedLag", "is late"], ["FeedLag", "is later"]]
    assert told.says("FeedLag: it is late", wanted)
    assert not told.says("it is late", wanted)
    assert not told.says("FeedLag", wanted)


def test_an_alert_that_pages_nobody_is_no_case_of_the_drill():
    with pytest.raises(ValueError, match="no rule makes a page of DeadTuples"):
        told.expected(RULES, "DeadTuples", "page")


async def test_the_receiver_keeps_messages_and_finds_them_by_alert():
    async with told.slack() as slack, aiohttp.ClientSession() as http:
        for title in (
            "PAGE laptop: FeedLag of orders",
            "RESOLVED laptop: FeedLag of orders",
            "PAGE laptop: FeedLagged",
        ):
            await http.post(slack.url, json={"attachments": [{"title": title, "text": "late"}]})
    assert told.about(slack.messages, "PAGE", "FeedLag") == ["PAGE laptop: FeedLag of orders\nlate"]
    assert len(told.about(slack.messages, "RESOLVED", "FeedLag")) == 1
