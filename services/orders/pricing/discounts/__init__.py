"""Discounts: what comes off an order, by code or by itself; who used them; and how staff keep them."""

from orders.pricing.discounts.domain.codes import normalised
from orders.pricing.discounts.domain.discount import MAX_CODES
from orders.pricing.discounts.problems import DiscountUsedUp
from orders.pricing.discounts.usecases.count_uses import give_back, take_uses
from orders.pricing.discounts.usecases.limit_guesses import Guessers, count_misses, may_try
from orders.pricing.discounts.usecases.look_up import look_up

__all__ = [
    "MAX_CODES",
    "DiscountUsedUp",
    "Guessers",
    "count_misses",
    "give_back",
    "look_up",
    "may_try",
    "normalised",
    "take_uses",
]
