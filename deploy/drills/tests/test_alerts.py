"""What the drill of alerts expects of messages. The drill itself needs a store: `make drill-alerts`."""

from __future__ import annotations

import aiohttp
import pytest

from deploy.drills.alerts import told
from deploy.drills.alerts.__main__ import RULES
from deploy.drills.alerts.causes import CAUSES


@pytest.mark.parametrize("alert", sorted({alert for alerts, _ in CAUSES.values() for alert in alerts}))
def test_every_page_of_the_drill_has_a_rule_with_texts(alert):
    for runbook, *texts in told.expected(RULES, alert):
        assert runbook == f"/observe/runbooks/{alert}"
        assert len(" ".join(texts)) > 20


def test_a_message_says_what_one_of_the_rules_wants():
    wanted = [["FeedLag", "is late"], ["FeedLag", "is later"]]
    assert told.says("FeedLag: it is late", wanted)
    assert not told.says("it is late", wanted)
    assert not told.says("FeedLag", wanted)


def test_an_alert_that_pages_nobody_is_no_case_of_the_drill():
    with pytest.raises(ValueError, match="DeadTuples"):
        told.expected(RULES, "DeadTuples")


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
