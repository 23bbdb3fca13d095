"""Sums of the day from each place that has them, and whether they agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from proofs.shop_day.wishes import CURRENCIES

# By order: the amounts that each place has of it.
Amounts = Mapping[str, int]


class Row(NamedTuple):
    """One figure, as each place has it: amounts in minor units of the currency, or pieces where there is none."""

    what: str
    currency: str
    sides: Mapping[str, int]

    @property
    def agrees(self) -> bool:
        """Whether every place has the same."""
        return len(set(self.sides.values())) == 1

    @property
    def text(self) -> str:
        """The figure, or what each place has."""
        told = ", ".join(f"{place} {_shown(amount, self.currency)}" for place, amount in self.sides.items())
        return f"{self.what}{' in ' + self.currency if self.currency else ''}: {told}"


def _shown(amount: int, currency: str) -> str:
    return f"{amount / 100:.2f}" if currency else str(amount)


def table(rows: Iterable[Row]) -> str:
    """What agreed, with the places that were compared; what did not is marked."""
    lines = []
    for row in rows:
        figure = _shown(next(iter(row.sides.values())), row.currency) if row.agrees else "DIFFERS"
        lines.append(f"    {row.what:28} {row.currency:4} {figure:>12}   {' = '.join(row.sides)}")
    return "\n".join(lines)


def complaints(rows: Iterable[Row]) -> list[str]:
    """What does not agree."""
    return [f"{row.text}" for row in rows if not row.agrees]


def by_order(what: str, sides: Mapping[str, Amounts], name: Callable[[str], str]) -> list[str]:
    """The orders of which places have different amounts; an order that a place does not know has 0 there."""
    orders = sorted({order for amounts in sides.values() for order in amounts})
    found = []
    for order in orders:
        held = {place: amounts.get(order, 0) for place, amounts in sides.items()}
        if len(set(held.values())) > 1:
            found.append(f"{what} of {name(order)}: " + ", ".join(f"{place} {held[place]}" for place in held))
    return found


def summed(amounts: Amounts, currency_of: Mapping[str, str], currency: str) -> int:
    """The sum over the orders in a currency."""
    return sum(amount for order, amount in amounts.items() if currency_of.get(order) == currency)


class Kept(NamedTuple):
    """What each place has of an order's money: by place, by order."""

    came_in: dict[str, dict[str, int]]
    went_back: dict[str, dict[str, int]]
    tax: dict[str, dict[str, int]]
    tax_back: dict[str, dict[str, int]]


def money_rows(kept: Kept, currency_of: Mapping[str, str], ledger: Ledger) -> list[Row]:
    """The sums of each currency, of all orders and of the accounts."""
    rows = []
    for currency in CURRENCIES:
        came = {place: summed(amounts, currency_of, currency) for place, amounts in kept.came_in.items()}
        back = {place: summed(amounts, currency_of, currency) for place, amounts in kept.went_back.items()}
        tax = {place: summed(amounts, currency_of, currency) for place, amounts in kept.tax.items()}
        tax_back = {place: summed(amounts, currency_of, currency) for place, amounts in kept.tax_back.items()}
        left = {
            one if one == other else f"{one} less {other}": came[one] - back[other]
            for one, other in zip(came, back, strict=True)
        }
        rows += [
            Row("came in", currency, {**came, "daily report": ledger.reported(currency, "captured")}),
            Row("went back", currency, {**back, "daily report": ledger.reported(currency, "refunded")}),
            Row("kept for orders", currency, {**left, "ledger": -ledger.balance(currency, "customer_orders")}),
            Row("tax", currency, tax),
            Row("tax that went back", currency, tax_back),
            Row("at the provider", currency, ledger.receivable(currency)),
            Row("lost in disputes", currency, ledger.disputed(currency)),
            Row("in the bank", currency, ledger.held(currency, "bank")),
            Row("in the till", currency, ledger.held(currency, "cash")),
        ]
    return rows


class Ledger(NamedTuple):
    """The evening's accounts: of payments' ledger and its daily reports, and of the provider.

    `held_there`: by account, what payouts and receipts have brought to the bank and to the till.
    """

    balances: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    provider: Mapping[str, int]
    lost: Mapping[str, int]
    held_there: Mapping[str, Mapping[str, int]]

    def balance(self, currency: str, account: str) -> int:
        """The debits of an account less its credits."""
        return sum(
            each["balance"]["amount"]
            for each in self.balances
            if (each["account"], each["balance"]["currency"]) == (account, currency)
        )

    def report(self, currency: str, figure: str, account: str = "provider_receivable") -> int:
        """A figure of the daily reports, added up."""
        return sum(line[figure]["amount"] for report in self.reports for line in self._lines(report, currency, account))

    def reported(self, currency: str, figure: str) -> int:
        """A figure of the daily reports, of all accounts that hold money."""
        return sum(self.report(currency, figure, account) for account in ("provider_receivable", "bank", "cash"))

    def _lines(self, report: dict[str, Any], currency: str, account: str) -> list[dict[str, Any]]:
        return [
            line for line in report["items"] if (line["account"], line["closing"]["currency"]) == (account, currency)
        ]

    def _closing(self, currency: str, account: str) -> int:
        return sum(line["closing"]["amount"] for line in self._lines(self.reports[-1], currency, account))

    def receivable(self, currency: str) -> dict[str, int]:
        """What the provider owes the shop."""
        account = "provider_receivable"
        return {
            "ledger": self.balance(currency, account),
            "daily report": self._closing(currency, account),
            "provider's balance": self.provider.get(currency, 0),
        }

    def disputed(self, currency: str) -> dict[str, int]:
        """What banks took back for disputes."""
        return {
            "ledger": self.balance(currency, "disputes"),
            "daily report": self.report(currency, "disputed"),
            "provider's disputes": self.lost.get(currency, 0),
        }

    def held(self, currency: str, account: str) -> dict[str, int]:
        """What the bank or the till holds."""
        return {
            "ledger": self.balance(currency, account),
            "daily report": self._closing(currency, account),
            "payouts, receipts": self.held_there.get(account, {}).get(currency, 0),
        }
