"""`python -m deploy.pipeline.spending ENV ACCOUNT OUT`: what an environment should cost, and what it costs.

The estimate is that of `make aws-cost`; what was spent this month and what AWS foresees come from the account's
budgets.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.pipeline.commands import run
from deploy.pipeline.program import main
from deploy.refusal import Refusal

_SECONDS = 900


def page(environment: str, account: str) -> str:
    """The page.

    Raises:
        Refusal: AWS cannot be asked, has no budget, or nothing can be estimated.
    """
    found = json.loads(run("aws", "budgets", "describe-budgets", "--account-id", account, "--output", "json"))
    budgets = found.get("Budgets") or []
    if not budgets:
        raise Refusal(f"The account {account} has no budget, so what {environment} costs is not known.")
    estimate = run(sys.executable, "-m", "deploy.aws", "cost", environment, "--offline", seconds=_SECONDS)
    rows = "\n".join(_row(each) for each in budgets)
    return (
        f"# What {environment} costs\n\n| budget | of it USD | spent this month | foreseen | |\n"
        "| --- | ---: | ---: | ---: | --- |\n"
        f"{rows}\n\n## Estimated from the code\n\n```\n{estimate.strip()}\n```\n"
    )


def _row(budget: Mapping[str, Any]) -> str:
    limit = float(budget.get("BudgetLimit", {}).get("Amount", "nan"))
    spent, foreseen = (_usd(budget, name) for name in ("ActualSpend", "ForecastedSpend"))
    worst = max((each for each in (spent, foreseen) if each is not None), default=0.0)
    cells = [f"{each:,.2f}" if each is not None else "not yet" for each in (spent, foreseen)]
    return (
        f"| {budget['BudgetName']} | {limit:,.2f} | {cells[0]} | {cells[1]} | {'above it' if worst > limit else ''} |"
    )


def _usd(budget: Mapping[str, Any], name: str) -> float | None:
    amount = budget.get("CalculatedSpend", {}).get(name, {}).get("Amount")
    return None if amount is None else float(amount)


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.spending", description=__doc__)
    parser.add_argument("environment")
    parser.add_argument("account", help="twelve digits")
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    asked.out.write_text(page(asked.environment, asked.account), encoding="utf-8")


if __name__ == "__main__":
    main(_work)
