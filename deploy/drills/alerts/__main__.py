"""`make drill-alerts`: each page that a laptop can cause is caused; Slack and mail tell of it, and that it is over."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from functools import partial
from pathlib import Path

from deploy.drills.alerts import floods, told
from deploy.drills.alerts.cases import CASES
from deploy.drills.alerts.shop import Shop, ready
from deploy.drills.failover.relay import Way, relay
from mercat.installation import locate
from mercat.observe import programs
from proofs.products import set_stock, variants
from proofs.store import running_store
from proofs.waiting import eventually

# Every duration of the rules is divided by it: an hour is three minutes. Thresholds are not.
FACTOR = 20
RULES = Path(__file__).parents[3] / "deploy" / "observability" / "rules"
# A transaction is long after ten minutes, by PostgreSQL's own clock.
_RAISED_SECONDS, _BESIDE_SECONDS, _OVER_SECONDS = 300, 900, 420
_WORDS = {"PAGE": "page", "TICKET": "ticket"}


async def case(shop: Shop, slack: told.Slack, mails: told.Mails, name: str) -> list[str]:
    """Cause alerts, wait until Slack (of pages) and mail have told of each, cure, wait for the same; complaints about
    texts.
    """
    this = CASES[name]
    wanted = [("PAGE", alert) for alert in this.pages] + [("TICKET", alert) for alert in this.tickets]
    seen, mailed = len(slack.messages), len(await mails.read())

    async def arrived(word: str, alert: str) -> list[str]:
        by_mail = told.about((await mails.read())[mailed:], word, alert)
        by_slack = told.about(slack.messages[seen:], word, alert) if alert in this.pages else by_mail
        return [by_slack[0], by_mail[0]] if by_slack and by_mail else []

    async def times(words: list[str], seconds: float) -> str:
        """When each alert was told, in seconds from now; raises TimeoutError."""
        began, found = time.monotonic(), []
        for word, (_, alert) in zip(words, wanted, strict=True):
            await eventually(partial(arrived, word, alert), seconds, f"{word} {alert} in Slack and mail", every=0.5)
            found.append(f"{alert} {time.monotonic() - began:.0f} s")
        return ", ".join(found)

    async with this.cause(shop):
        after = await times([word for word, _ in wanted], _BESIDE_SECONDS if this.beside else _RAISED_SECONDS)
        print(f"  {name}: told after {after}", flush=True)
    print(f"  {name}: over, after the cure, {await times(['RESOLVED'] * len(wanted), _OVER_SECONDS)}", flush=True)
    await eventually(lambda: ready(shop.store), 120, "every process to be ready")
    texts = {(word, alert): told.expected(RULES, alert, _WORDS[word]) for word, alert in wanted}
    return [
        f"{name}: {expected} is not in:\n{message}"
        for (word, alert), expected in texts.items()
        for message in await arrived(word, alert)
        if not told.says(message, expected)
    ]


async def _tried(shop: Shop, slack: told.Slack, mails: told.Mails, name: str) -> list[str]:
    """As `case`; an alert that did not come is a complaint, and so is a cause that could not be made."""
    seen = len(slack.messages)
    try:
        return await case(shop, slack, mails, name)
    except Exception as error:  # noqa: BLE001 -- the other cases are run in any case
        told_of = [each.split("\n")[0] for each in slack.messages[seen:]]
        complaint = f"{name}: {type(error).__name__}: {error}. Told by Slack meanwhile: {told_of}"
        print(f"  {complaint}", flush=True)
        return [complaint]


async def drill(names: list[str]) -> list[str]:
    """The cases of these names; complaints."""
    found, ways = [], list[Way]()
    async with told.slack() as slack, relay(lambda: ways[0]) as smtp:
        # What is killed again and again starts at once, so that its starts fall into a short quarter of an hour.
        settings = {"MERCAT_ALERTS_FASTER": str(FACTOR), "MERCAT_ALERTS_SLACK_URL": slack.url}
        settings |= {"MERCAT_RESTART_SECONDS": "1", "DECLINES_PER_ORDER_PAYMENTS": str(floods.DECLINES)}
        # The services alone go this way to the mail page, which operators read.
        settings |= {"SMTP_URL": f"smtp://127.0.0.1:{smtp}"}
        async with running_store(settings=settings, options=("--observe",)) as store:
            ways.append(Way(store.store.port("smtp")))
            shop, mails = Shop(store, (await variants(store))[0], ways[0]), told.Mails(store)
            await set_stock(store, shop.variant, 10_000)
            print(f"Every duration of the rules is divided by {FACTOR}.", flush=True)
            beside = []
            for name in names:
                if CASES[name].beside:
                    beside.append(asyncio.create_task(_tried(shop, slack, mails, name)))
                else:
                    found += await _tried(shop, slack, mails, name)
            found += [each for task in beside for each in await task]
    return found


def main() -> None:
    """Run the drill, and say what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(CASES)}; default: all")
    names = parser.parse_args().cases or list(CASES)
    if unknown := sorted(set(names) - set(CASES)):
        parser.error(f"no such case: {', '.join(unknown)}")
    if lost := programs.missing(locate()):
        sys.exit("\n".join(["NOT RUN:", *lost]))
    began = time.monotonic()
    complaints = asyncio.run(drill(names))
    print(f"{len(names)} cases in {time.monotonic() - began:.0f} s", flush=True)
    sys.exit("\n".join(complaints) or 0)


if __name__ == "__main__":
    main()
