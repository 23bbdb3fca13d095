"""`make drill-dashboards`: a store trades, and every query of every dashboard and rule is asked.

A store with Prometheus, exporters and rules (`mercat up --observe`) sells to scripted shoppers for some minutes, which
stand for a day: durations of the rules are divided by FASTER, so that even last week is within reach. Then every
query must have data, or its metric stands on one of the lists of lists.yaml, and the shop's panels must show what the
books have. At last mistakes are planted: the drill must find them. Exits with 1 otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from deploy.drills.alerts import told
from deploy.drills.dashboards import asked, figures, journeys, trade
from deploy.drills.dashboards.asked import Prometheus, Query
from deploy.observability.dashboards.grafana import FOLDER
from proofs.store import ProofStore, running_store
from proofs.waiting import eventually

OFFSET = int(os.environ.get("MERCAT_DRILL_OFFSET", "900"))
RULES = Path(__file__).parents[3] / "deploy" / "observability" / "rules"
SECONDS, FASTER = 150, 1000
# A week ago is 605 s ago, divided by FASTER.
PATIENCE = 780
SETTINGS = {
    "MERCAT_ALERTS_FASTER": str(FASTER),
    "CURRENCIES": ",".join(trade.CURRENCIES),
    "SHIPPING_RATES": json.dumps({code: {"rate": 500, "free_from": 10_000} for code in trade.CURRENCIES}),
}
_OPEN = "select count(*) from orders where status not in ('paid', 'cancelled')"
# A wrong label in a group, a wrong label in a selector, and a wrong metric.
MISTAKES = (("by (currency)", "by (curency)"), ("{environment", '{country="GB",environment'), ("orders_", "order_"))
_REVENUE = "shop: Revenue"
# In this drill alone there is a week ago.
_WEEKLY = "OrdersLow"
# What is usual is there a week after the trade; with it rules compare what is sold then.
_USUAL = Query("usual", "shop:decline_ratio_usual:rate1h", over_time=False)


async def drill(seed: int, page: str = "") -> list[str]:
    """Run it; complaints. With a page: only the trade, and then this page."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(told.slack())
        settings = {**SETTINGS, "MERCAT_ALERTS_SLACK_URL": slack.url}
        running = running_store(offset=OFFSET, settings=settings, options=("--observe",))
        store = await stack.enter_async_context(running)
        opened, mails = await trade.opened(store, seed), told.Mails(store)
        prometheus = Prometheus(store, time.time())
        print(f"trade for {SECONDS} s, seed {seed}; durations of rules are divided by {FASTER}", flush=True)
        await journeys.run(opened, SECONDS)
        await eventually(lambda: _settled(store), 150, "all orders to be paid or cancelled")
        print(f"the shoppers did: {dict(sorted(opened.journal.items()))}", flush=True)

        async def wrong_figures() -> list[str]:
            expected = await figures.by_the_books(store, opened.journal)
            return figures.differences(expected, await figures.by_the_panels(prometheus))

        async def without_data() -> list[str]:
            await journeys.again(opened)
            return await asked.complaints(prometheus, await _queries(prometheus))

        async def page_without_data() -> list[str]:
            found = [query for query in asked.of_dashboards(prometheus) if query.where.startswith(f"{page}: ")]
            return await asked.complaints(prometheus, found)

        complaints = await _until_none(wrong_figures)
        if page:
            return complaints + await _until_none(page_without_data)
        await eventually(lambda: prometheus.ask(_USUAL), PATIENCE, "last week", every=5)
        # First what needs last week beside what is sold now: that week passes.
        complaints += await _until_none(without_data)
        complaints += await _told(mails, slack, "PAGE")
        return complaints + await _planted(prometheus) + await _told(mails, slack, "RESOLVED")


async def _told(mails: told.Mails, slack: told.Slack, word: str) -> list[str]:
    """Wait until Slack and mail say that nobody buys, as last week many did, or that it is over; wrong texts."""
    began = time.monotonic()

    async def messages() -> list[str]:
        by_slack, by_mail = slack.messages, await mails.read()
        found = [told.about(each, word, _WEEKLY) for each in (by_slack, by_mail)]
        return [each[0] for each in found] if all(found) else []

    texts = await eventually(messages, PATIENCE, f"{word} {_WEEKLY} in Slack and mail", every=1)
    print(f"{word} {_WEEKLY}, told after {time.monotonic() - began:.0f} s", flush=True)
    wanted = told.expected(RULES, _WEEKLY, "page") if word == "PAGE" else []
    return [f"{wanted} is not in:\n{text}" for text in texts if wanted and not told.says(text, wanted)]


async def _queries(prometheus: Prometheus) -> list[Query]:
    return [*asked.of_dashboards(prometheus), *await asked.of_rules(prometheus)]


async def _settled(store: ProofStore) -> bool:
    return bool(await store.value("orders", _OPEN) == 0)


async def _until_none(ask: Callable[[], Awaitable[list[str]]]) -> list[str]:
    """Ask until there is nothing to complain of, or patience ends; the last complaints."""
    deadline = time.monotonic() + PATIENCE
    while (found := await ask()) and time.monotonic() < deadline:
        print(f"  {len(found)} complaints, the last: {found[-1][:150]}", flush=True)
        await asyncio.sleep(15)
    return found


async def _planted(prometheus: Prometheus) -> list[str]:
    """Whether the drill sees: mistakes in a query that were not found."""
    [revenue] = [query for query in asked.of_dashboards(prometheus) if query.where == _REVENUE]
    found = []
    for right, wrong in MISTAKES:
        mistaken = replace(revenue, expr=revenue.expr.replace(right, wrong, 1))
        if mistaken == revenue or not await asked.complaints(prometheus, [mistaken]):
            found.append(f"blind: {wrong} in place of {right} was not found in {mistaken.expr}")
    return found


def main() -> None:
    """Run the drill, and say what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=13, help="of the order of the journeys, and what is bought")
    parser.add_argument("--page", default="", help="only this dashboard, such as shop: the rest is left out")
    began, arguments = time.monotonic(), parser.parse_args()
    if arguments.page and not (FOLDER / f"{arguments.page}.json").exists():
        parser.error(f"no such dashboard: {arguments.page}")
    complaints = asyncio.run(drill(arguments.seed, arguments.page))
    print(f"{len(complaints)} complaints after {time.monotonic() - began:.0f} s", flush=True)
    sys.exit("\n".join(complaints) or 0)


if __name__ == "__main__":
    main()
