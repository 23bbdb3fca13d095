"""What a person types: `make capacity RATE=17 ENV=production`, or `make capacity USAGE=http://...`."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence

from deploy.capacity import costs, document, plan, scale, settings, table, usage, usage_table
from deploy.refusal import MISUSED, Refusal, refusing
from deploy.terminal import Terminal

_MOST = 10_000.0


def main(words: Sequence[str] | None = None) -> None:
    """The entry point."""
    refusing(lambda: _run(_arguments(words)))


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make capacity", description=__doc__)
    parser.add_argument("--rate", help="orders a second at the peak (RATE=)")
    parser.add_argument("--env", default="production", help="development, staging or production (ENV=)")
    parser.add_argument("--reads", help="reads an order that reach the services; 20 unless told")
    parser.add_argument("--usage", help="the address of a Prometheus that watches the store (USAGE=)")
    parser.add_argument("--window", default="7d", help="how far back usage is read, such as 24h (with --usage)")
    parser.add_argument("--json", action="store_true", help="a plan for programs")
    parser.add_argument(
        "--write",
        action="store_true",
        help="write docs/aws/capacity.md and docs/concepts/scale.md anew",
    )
    return parser.parse_args(words)


def _run(arguments: argparse.Namespace) -> None:
    terminal = Terminal()
    if arguments.write:
        document.write()
        scale.write()
        return
    environment = settings.environment(arguments.env)
    if arguments.usage:
        found = usage.proposals(arguments.usage, environment, arguments.window)
        usage_table.show(terminal, found, environment)
        return
    if not arguments.rate:
        raise Refusal("Say the rate, make capacity RATE=17, or where usage is recorded, USAGE=http://...", MISUSED)
    orders = number(arguments.rate, "RATE is orders a second at the peak", "RATE=17")
    reads = plan.READS_AN_ORDER * plan.AT_ORIGIN
    if arguments.reads is not None:
        reads = number(arguments.reads, "--reads is how often a shopper's reads reach the services", "--reads 20")
    known = costs.read()
    found_plan = plan.of(known, environment, plan.load_of(orders, reads))
    if arguments.json:
        print(json.dumps(table.as_json(found_plan), indent=1))
    else:
        table.show(terminal, found_plan, known.how)


def number(text: str, what: str, example: str) -> float:
    """A number above 0.

    Raises:
        Refusal: it is none.
    """
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 < found <= _MOST:
        raise Refusal(f"{what}, a number above 0 and at most {_MOST:,.0f}, such as {example}; not {text!r}.", MISUSED)
    return found
