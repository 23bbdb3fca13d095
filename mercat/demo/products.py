"""The works as products: three sizes, three frames, prices, and stock of which some is sold."""

from __future__ import annotations

from chassis.values import exponent
from mercat.demo.model import Product, Variant, Work
from mercat.demo.seeded_random import SeededRandom
from mercat.demo.works import works

CURRENCY = "EUR"
# Size in cm: price of the print in cents, grams; by frame: what it adds to both.
_SIZES = {
    "30 \u00d7 40 cm": ("3040", 3900, 180),
    "50 \u00d7 70 cm": ("5070", 6500, 420),
    "70 \u00d7 100 cm": ("70100", 10900, 780),
}
_FRAMES: dict[str, tuple[str, tuple[int, ...], tuple[int, ...]]] = {
    "Unframed": ("PRINT", (0, 0, 0), (0, 0, 0)),
    "Black frame": ("BLACK", (3500, 5500, 8500), (1100, 2600, 4900)),
    "Oak frame": ("OAK", (4500, 6900, 10500), (1250, 2900, 5400)),
}
_STORY = "Giclée print on 240 g cotton paper, with a white margin all around. Drawn by code, once, and kept."


def products(currency: str = CURRENCY) -> list[Product]:
    """All works as products with prices in this currency, in the order of the shop's pages."""
    return [_product(number, work, currency) for number, work in enumerate(works)]


def priced(cents: int, currency: str) -> int:
    """A price in euro cents as minor units of the currency, without an exchange rate."""
    return cents * 10 if exponent(currency) == 3 else cents


def _product(number: int, work: Work, currency: str) -> Product:
    chance = SeededRandom(1000 + work.seed * 97 + number)
    dearer = 600 * chance.whole(0, 2)
    reduced = number % 9 == 4
    variants: list[Variant] = []
    for step, (size, (short, price, grams)) in enumerate(_SIZES.items()):
        for frame, (word, adds, weighs) in _FRAMES.items():
            full = price + dearer * (step + 1) + adds[step]
            variants.append(
                Variant(
                    sku=f"{work.code}-{short}-{word}",
                    option_values=(size, frame),
                    price=priced(full * 4 // 5 // 100 * 100 if reduced else full, currency),
                    compare_at_price=priced(full, currency) if reduced else None,
                    weight_grams=grams + weighs[step],
                    quantity=_quantity(chance, number, framed=word != "PRINT"),
                )
            )
    return Product(
        handle=work.handle,
        title=work.title,
        description_html=f"<p>{work.description}</p><p>{_STORY}</p>",
        vendor=work.artist,
        product_type=work.family,
        tags=work.tags,
        options=("Size", "Frame"),
        currency=currency,
        image=f"{work.handle}.svg",
        variants=tuple(variants),
    )


def _quantity(chance: SeededRandom, number: int, *, framed: bool) -> int:
    """The stock: mostly many, for some few or none. One work in twenty is sold out."""
    if number % 20 == 12:
        return 0
    mood = chance.real()
    if mood < 0.1:
        return 0
    if mood < 0.28:
        return chance.whole(1, 3)
    return chance.whole(4, 25) if framed else chance.whole(20, 120)
