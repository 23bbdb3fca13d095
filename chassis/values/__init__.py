"""Pure values: money, ids, and cells of CSV files."""

from chassis.values.csv_cells import defused, is_formula
from chassis.values.ids import uuid7
from chassis.values.money import CURRENCIES, MismatchedCurrency, Money, charge_step, exponent, sellable

__all__ = [
    "CURRENCIES",
    "MismatchedCurrency",
    "Money",
    "charge_step",
    "defused",
    "exponent",
    "is_formula",
    "sellable",
    "uuid7",
]
