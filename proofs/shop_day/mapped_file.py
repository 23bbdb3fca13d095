"""A wholesaler's file with columns of its own: tried, imported, and exported in a form that imports as it was."""

from __future__ import annotations

from typing import Any

from proofs.shop_day.shop import Article, Shop
from proofs.shop_day.wishes import CURRENCIES

_FILES, _RUNS = "/api/v1/admin/imports/files", "/api/v1/admin/imports/runs"
SLUG, SKU, ON_HAND, COSTS = "day-cap", "DAY-CAP", 200, {"EUR": 3_990, "CHF": 3_850}
# By the columns of the file: what each holds; nothing is taken of the notes.
_COLUMNS = ("handle", "title", "sku", "price", "quantity", "status", None)
_FILE = f"""Kennung;Was es ist;Nr.;kostet;da;Zustand;Notiz
{SLUG};Wool cap;{SKU};39,90;{ON_HAND};active;warm
day-scarf;Scarf;DAY-SCARF;viel;10;active;the price is missing
"""


async def import_goods(shop: Shop) -> None:
    """Try the file, import it, and put what came on the shelf; what is wrong in it is told by its row."""
    file = await shop.merchandiser.send(f"{_FILES}?name=spring.csv", _FILE.encode(), "text/csv")
    columns = [{"position": place, "field": each} for place, each in enumerate(_COLUMNS, 1)]
    wish = {"file_id": file["id"], "columns": columns, "currency": "EUR", "decimal": ","}
    tried = await _run(shop, {**wish, "dry_run": True})
    assert (tried["created"], tried["rows_refused"]) == (1, 1), tried
    assert (await shop.boss.who.call("GET", f"/api/v1/products/{SLUG}")).status == 404, "a try has made a product"
    done = await _run(shop, wish)
    assert {name: done[name] for name in ("created", "rows_refused")} == {"created": 1, "rows_refused": 1}, done
    found = await shop.merchandiser.ask("GET", f"{_RUNS}/{done['id']}/findings?severity=refused")
    assert [each["row"] for each in found["items"]] == [3], found
    francs = {"currency": "CHF", "prices": [{"sku": SKU, "amount": COSTS["CHF"]}]}
    await shop.merchandiser.ask("PUT", f"/api/v1/admin/products/{SLUG}/prices", francs)
    product = await shop.merchandiser.ask("GET", f"/api/v1/admin/products/{SLUG}")
    (variant,) = product["variants"]
    assert {each["price"]["currency"] for each in variant["prices"]} == set(CURRENCIES), variant
    shop.shelf.append(Article(variant["id"], SKU, ON_HAND, COSTS))
    print("  a file with columns of its own is tried and imported; its row without a price is told", flush=True)


async def _run(shop: Shop, wish: dict[str, Any]) -> Any:
    """A run of the file, once it has ended."""
    begun = await shop.merchandiser.ask("POST", _RUNS, wish)

    async def ended() -> Any:
        run = await shop.merchandiser.ask("GET", f"{_RUNS}/{begun['id']}")
        return run if run["state"] in {"done", "failed"} else None

    run = await shop.until(ended, f"the run {begun['id']} of a file")
    assert run["state"] == "done", run
    return run


async def round_trip_complaints(shop: Shop) -> list[str]:
    """In the evening: what is exported is imported again, and nothing of it would change."""
    text = await shop.merchandiser.ask("GET", "/api/v1/admin/products/export.csv?currency=EUR")
    assert SKU in text, f"a file without {SKU} is exported"
    file = await shop.merchandiser.send(f"{_FILES}?name=products.csv", text.encode(), "text/csv")
    run = await _run(shop, {"file_id": file["id"], "currency": "EUR", "dry_run": True})
    told = {name: run[name] for name in ("created", "updated", "refused", "rows_refused", "retired", "stock_set")}
    wrong = [] if not any(told.values()) else [f"an export that is imported again would change: {told}"]
    return wrong if run["unchanged"] == run["products"] > 0 else [*wrong, f"an export that is imported again: {run}"]
