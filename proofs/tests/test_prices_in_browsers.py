"""Prices as pages write them: the decimals are the shop's, whatever a browser thinks of a currency."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from chassis.testing.skipping import skip_without
from chassis.values import CURRENCIES, Money

ROOT = Path(__file__).parents[2]
MONEY = ROOT / "web" / "storefront" / "js" / "money.js"
# Decimals of many browsers' own: HUF, IDR, TWD, MGA and IQD without any, ISK and UGX as here.
CASES = [
    Money(499_000, "HUF"),
    Money(150_000_000, "IDR"),
    Money(1500, "JPY"),
    Money(5125, "KWD"),
    Money(5000, "ISK"),
    Money(180_000, "UGX"),
    Money(120_000, "MGA"),
    Money(80_045, "TWD"),
    Money(25_250, "IQD"),
    Money(-4, "KWD"),
    Money(1, "EUR"),
]


def test_the_storefronts_table_is_iso_4217s():
    table = re.search(r"const PLACES = \{(.*?)\};", MONEY.read_text(encoding="utf-8"), re.DOTALL)
    assert table is not None
    written = {code: int(places) for code, places in re.findall(r"([A-Z]{3}): ([0-9])", table[1])}
    assert written == {code: places for code, places in CURRENCIES.items() if places != 2}


def test_no_page_asks_a_browser_for_a_currencys_decimals():
    pages = [*(ROOT / "web").rglob("*.js"), *(ROOT / "mercat").rglob("*.js"), *(ROOT / "stripe_double").rglob("*.js")]
    own = [page for page in pages if "node_modules" not in page.parts]
    asking = [page.name for page in own if "resolvedOptions().maximumFractionDigits" in page.read_text("utf-8")]
    writing = {page.name: page.read_text("utf-8") for page in own if 'style: "currency"' in page.read_text("utf-8")}
    assert asking == []
    assert {"money.js", "front.js"} <= writing.keys()
    assert all("minimumFractionDigits: places, maximumFractionDigits: places" in text for text in writing.values())


@pytest.mark.parametrize("locale", ["en", "hu", "de", "ar-EG"])
def test_a_price_has_the_currencys_decimals_in_every_language(locale: str):
    if shutil.which("node") is None:
        skip_without("node", "it is not on the PATH")
    script = f"""
        import {{ money }} from {json.dumps(MONEY.as_uri())};
        const arabic = (digit) => digit.codePointAt(0) - 0x660;
        const digits = (text) => text.normalize("NFKC").replace(/[\\u0660-\\u0669]/g, arabic);
        const said = {json.dumps([msgspec.structs.asdict(case) for case in CASES])}.map(money);
        console.log(JSON.stringify(said.map(digits)));
    """
    argv = ["node", "--input-type=module", "--eval", script]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": locale})
    said = [re.findall(r"[0-9]+", text) for text in json.loads(done.stdout)]
    for digits, case in zip(said, CASES, strict=True):
        whole, _, part = str(case).split()[0].lstrip("-").partition(".")
        assert "".join(digits) == whole + part
        assert not part or digits[-1] == part
