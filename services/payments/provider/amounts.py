"""How Stripe counts each currency: the one place where amounts change between our minor units and its own.

Ours are ISO 4217's (chassis.values.money). Source of Stripe's: https://docs.stripe.com/currencies#special-cases. HUF
and TWD are whole there for payouts alone: charges in them have two decimals, as in ISO 4217.
"""

from __future__ import annotations

from chassis.values import charge_step, exponent

# Counted without decimals, whatever ISO 4217 says: it gives MGA two.
_WHOLE = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
# Whole as in ISO 4217, but written in hundredths that must be 00: 5 ISK are 500.
_WHOLE_IN_HUNDREDTHS = frozenset("ISK UGX".split())


class NotChargeable(ValueError):
    """Stripe has no amount that equals this one: the order's total was not rounded to it."""


def decimals(currency: str) -> int:
    """Decimal places of Stripe's unit."""
    if currency in _WHOLE:
        return 0
    return 2 if currency in _WHOLE_IN_HUNDREDTHS else exponent(currency)


def step(currency: str) -> int:
    """Of what number an amount of Stripe's must be a multiple: of three decimals the last must be 0."""
    if currency in _WHOLE_IN_HUNDREDTHS:
        return 100
    return 10 if decimals(currency) == 3 else 1


def to_provider(amount: int, currency: str) -> int:
    """Our minor units as Stripe counts them.

    Raises:
        NotChargeable: the amount is no multiple of chassis.values.money.charge_step.
    """
    sent = _scaled(amount, decimals(currency) - exponent(currency))
    if sent is None or sent % step(currency):
        raise NotChargeable(f"{amount} {currency} is no multiple of {charge_step(currency)} minor units")
    return sent


def from_provider(amount: int, currency: str) -> int | None:
    """Stripe's amount in our minor units; None where it is no whole number of them, and so none that we asked for."""
    return _scaled(amount, exponent(currency) - decimals(currency))


def _scaled(amount: int, places: int) -> int | None:
    if places >= 0:
        return amount * int(10**places)
    whole, rest = divmod(amount, int(10**-places))
    return None if rest else whole
