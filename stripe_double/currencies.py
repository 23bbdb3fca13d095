"""Currencies that Stripe charges in, how many decimals they have and the least amount of each.

Source: https://docs.stripe.com/currencies (supported, zero-decimal, minimum charge amounts).
"""

from __future__ import annotations

from stripe_double.errors import invalid

_ZERO_DECIMAL = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf"
_THREE_DECIMAL = "bhd jod kwd omr tnd"
_TWO_DECIMAL = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop "
    "crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes "
    "kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd "
    "pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd "
    "tzs uah usd uyu uzs wst xcd yer zar zmw"
)
_DECIMALS = {
    currency: decimals
    for decimals, currencies in ((0, _ZERO_DECIMAL), (3, _THREE_DECIMAL), (2, _TWO_DECIMAL))
    for currency in currencies.split()
}
_LEAST = {
    "aed": 200, "bgn": 100, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "mxn": 1000,
    "myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000,
}  # fmt: skip


def known(currency: str) -> str:
    """In lower case, as it is answered."""
    lowered = currency.lower()
    if lowered not in _DECIMALS:
        raise invalid("currency", f"Invalid currency: {currency[:40]}.")
    return lowered


def all_known() -> list[str]:
    """In lower case."""
    return list(_DECIMALS)


def least(currency: str) -> int:
    """Minor units."""
    return _LEAST.get(currency, 50)


def shown(amount: int, currency: str) -> str:
    """For a person: `12.50 EUR`, `1200 JPY`."""
    decimals = _DECIMALS[currency]
    whole, part = divmod(amount, 10**decimals)
    return f"{whole}.{part:0{decimals}d} {currency.upper()}" if decimals else f"{amount} {currency.upper()}"
