"""Currencies that Stripe charges in: how it counts each, what it shows a person, and between which amounts.

Source: https://docs.stripe.com/currencies (supported, zero-decimal, three-decimal, special cases, minimum and maximum
charge amounts). Written from it and not from the shop's own table, which is tested against this one.
"""

from __future__ import annotations

from stripe_double.errors import invalid

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
# Whole money that is still written in hundredths, for callers from before: 5 krónur are 500, and 550 are refused.
_HUNDREDTHS_ARE_00 = frozenset({"isk", "ugx"})
# ISO 4217's decimals, where people read other ones than Stripe counts.
_SHOWN_DECIMALS = {"isk": 0, "ugx": 0, "mga": 2}
_LEAST = {
    "aed": 200, "bgn": 100, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "mxn": 1000,
    "myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000,
}  # fmt: skip
# Twelve digits; eight of all others.
_MOST = {"idr": 999_999_999_999}


def known(currency: str) -> str:
    """In lower case, as it is answered."""
    lowered = currency.lower()
    if lowered not in _DECIMALS:
        raise invalid("currency", f"Invalid currency: {currency[:40]}.")
    return lowered


def chargeable(name: str, amount: int, currency: str) -> int:
    """The amount, of the parameter `name`, if it is one that can be charged at all in the currency."""
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
    """The amount, if it is neither too little nor too much for a charge."""
    least, most = _LEAST.get(currency, 50), _MOST.get(currency, 99_999_999)
    if amount < least:
        raise invalid("amount", f"Amount must be at least {shown(least, currency)}.", "amount_too_small")
    if amount > most:
        raise invalid("amount", f"Amount must be no more than {shown(most, currency)}.", "amount_too_large")
    return amount


def all_known() -> list[str]:
    """In lower case."""
    return list(_DECIMALS)


def least(currency: str) -> int:
    """Minor units."""
    return _LEAST.get(currency, 50)


def shown(amount: int, currency: str) -> str:
    """For a person: `12.50 EUR`, `1200 JPY`, `5000 ISK`."""
    decimals = _DECIMALS[currency]
    wanted = _SHOWN_DECIMALS.get(currency, decimals)
    whole, part = divmod(amount, 10**decimals)
    digits = f"{part:0{decimals}d}".ljust(wanted, "0") if decimals else "0" * wanted
    # What Stripe would refuse to charge is shown as it is, not rounded.
    kept = digits if digits[wanted:].strip("0") else digits[:wanted]
    return f"{whole}.{kept} {currency.upper()}" if kept else f"{whole} {currency.upper()}"
