"""Pure values: money and ids."""

from chassis.values.ids import uuid7
from chassis.values.money import CURRENCIES, MismatchedCurrency, Money, charge_step, exponent, sellable

__all__ = ["CURRENCIES", "MismatchedCurrency", "Money", "charge_step", "exponent", "sellable", "uuid7"]
