"""`make drill-alerts`: each page that a laptop can cause is caused; Slack and mail tell of it, and that it is over."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from functools import partial
from pathlib import Path

from deploy.drills.alerts import told
from deploy.drills.alerts.causes import CAUSES
from deploy.drills.alerts.shop import Shop, ready
from mercat.installation import locate
from mercat.observe import programs
from proofs.products import set_stock, variants
from proofs.store import running_store
from proofs.waiting import eventually

# Every duration of the rules is divided by it: an hour is three minutes. Thresholds are not.
FACTOR = 20
RULES = Path(__file__).parents[3] / "deploy" / "observability" / "rules"
_RAISED_SECONDS, _OVER_SECONDS = 300, 420


async def case(shop: Shop, slack: told.Slack, name: str) -> list[str]:
    """Cause pages, wait until Slack and mail have told of each, cure, wait for the same; complaints about texts."""
    alerts, cause = CAUSES[name]
    seen, mailed = len(slack.messages), len(await told.mails(shop.store))

    async def arrived(word: str, alert: str) -> list[str]:
        by_slack = told.about(slack.messages[seen:], word, alert)
        by_mail = told.about((await told.mails(shop.store))[mailed:], word, alert)
        return [by_slack[0], by_mail[0]] if by_slack and by_mail else []

    async def times(word: str, seconds: float) -> str:
        """When each alert was told, in seconds from now; raises TimeoutError."""
        began, found = time.monotonic(), []
        for alert in alerts:
            await eventually(partial(arrived, word, alert), seconds, f"{word} {alert} in Slack and mail", every=0.5)
            found.append(f"{alert} {time.monotonic() - began:.0f} s")
        return ", ".join(found)

    async with cause(shop):
        print(f"  {name}: told after {await times('PAGE', _RAISED_SECONDS)}", flush=True)
    print(f"  {name}: over, after the cure, {await times('RESOLVED', _OVER_SECONDS)}", flush=True)
    await eventually(lambda: ready(shop.store), 120, "every process to be ready")
    wanted = {alert: told.expected(RULES, alert) for alert in alerts}
    return [
        f"{name}: {wanted[alert]} is not in:\n{message}"
        for alert in alerts
        for message in await arrived("PAGE", alert)
        if not told.says(message, wanted[alert])
    ]


async def drill(names: list[str]) -> list[str]:
    """The cases of these names; complaints."""
    found = []
    async with told.slack() as slack:
        settings = {"MERCAT_ALERTS_FASTER": str(FACTOR), "MERCAT_ALERTS_SLACK_URL": slack.url}
        async with running_store(settings=settings, options=("--observe",)) as store:
            shop = Shop(store, (await variants(store))[0])
            await set_stock(store, shop.variant, 10_000)
            print(f"Every duration of the rules is divided by {FACTOR}.", flush=True)
            for name in names:
                try:
                    found += await case(shop, slack, name)
                except TimeoutError as late:
                    found.append(
                        f"{name}: {late}. Told by Slack: {[each.split(chr(10))[0] for each in slack.messages]}"
                    )
                    print(f"  {found[-1]}", flush=True)
    return found


def main() -> None:
    """Run the drill, and say what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(CAUSES)}; default: all")
    names = parser.parse_args().cases or list(CAUSES)
    if unknown := sorted(set(names) - set(CAUSES)):
        parser.error(f"no such case: {', '.join(unknown)}")
    if lost := programs.missing(locate()):
        sys.exit("\n".join(["NOT RUN:", *lost]))
    began = time.monotonic()
    complaints = asyncio.run(drill(names))
    print(f"{len(names)} cases in {time.monotonic() - began:.0f} s", flush=True)
    sys.exit("\n".join(complaints) or 0)


if __name__ == "__main__":
    main()
