"""The currencies that Stripe supports: their minor units, formats, and minimum and maximum amounts.

Source: https://docs.stripe.com/currencies (supported, zero-decimal, three-decimal, special cases, minimum and maximum
charge amounts). It does not depend on the shop's own table, which is tested against this one.
"""

from __future__ import annotations

from stripe_double.objects.errors import invalid

_ZERO_DECIMAL = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_THREE_DECIMAL = "bhd jod kwd omr tnd"
_TWO_DECIMAL = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop "
    "crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes "
    "kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd "
    "pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd "
    "tzs uah ugx usd uyu uzs wst xcd yer zar zmw"
)
_DECIMALS = {
    currency: decimals
    for decimals, currencies in ((0, _ZERO_DECIMAL), (3, _THREE_DECIMAL), (2, _TWO_DECIMAL))
    for currency in currencies.split()
}
# Zero-decimal currencies that are still written in hundredths: 5 krónur are 500, and 550 is refused.
_HUNDREDTHS_ARE_00 = frozenset({"isk", "ugx"})
# The decimals that are displayed, where these differ from Stripe's.
_SHOWN_DECIMALS = {"isk": 0, "ugx": 0, "mga": 2}
_LEAST = {
    "aed": 200, "bgn": 100, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "mxn": 1000,
    "myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000,
}  # fmt: skip
# Maximum amounts of twelve digits; other currencies have eight.
_MOST = {"idr": 999_999_999_999}


def supported(currency: str) -> str:
    """The currency in lower case; 400 if Stripe does not support it."""
    lowered = currency.lower()
    if lowered not in _DECIMALS:
        raise invalid("currency", f"Invalid currency: {currency[:40]}.")
    return lowered


def chargeable(name: str, amount: int, currency: str) -> int:
    """The amount if its last digits are valid in the currency; else 400 for the parameter `name`."""
    if currency in _HUNDREDTHS_ARE_00 and amount % 100:
        raise invalid(
            name,
            f"Invalid amount. Currency {currency.upper()} has become effectively zero-decimal and charged amounts must "
            "be evenly divisible by 100. See https://stripe.com/docs/currencies#special-cases for more information.",
            "invalid_charge_amount_no_decimal_compatible",
        )
    if _DECIMALS[currency] == 3 and amount % 10:
        raise invalid(
            name,
            f"Invalid amount. Amounts in {currency.upper()} must be rounded to the nearest ten: the last digit must be "
            "0. See https://stripe.com/docs/currencies#three-decimal for more information.",
            "invalid_charge_amount",
        )
    return amount


def within_limits(amount: int, currency: str) -> int:
    """The amount if it is within the currency's minimum and maximum; else 400."""
    minimum, most = _LEAST.get(currency, 50), _MOST.get(currency, 99_999_999)
    if amount < minimum:
        raise invalid("amount", f"Amount must be at least {format_amount(minimum, currency)}.", "amount_too_small")
    if amount > most:
        raise invalid("amount", f"Amount must be no more than {format_amount(most, currency)}.", "amount_too_large")
    return amount


def all_supported() -> list[str]:
    """All supported currencies, in lower case."""
    return list(_DECIMALS)


def minimum(currency: str) -> int:
    """The minimum amount of a charge, in minor units."""
    return _LEAST.get(currency, 50)


def decimals_of(currency: str) -> int:
    """The decimal places of the currency's minor unit."""
    return _DECIMALS[currency]


def format_amount(amount: int, currency: str) -> str:
    """The amount as a text, such as `12.50 EUR`, `1200 JPY` or `5000 ISK`."""
    decimals = _DECIMALS[currency]
    wanted = _SHOWN_DECIMALS.get(currency, decimals)
    whole, part = divmod(amount, 10**decimals)
    digits = f"{part:0{decimals}d}".ljust(wanted, "0") if decimals else "0" * wanted
    # Decimals that Stripe would refuse are displayed, not rounded.
    kept = digits if digits[wanted:].strip("0") else digits[:wanted]
    return f"{whole}.{kept} {currency.upper()}" if kept else f"{whole} {currency.upper()}"
