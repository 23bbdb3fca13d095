"""Where pages of the storefront go on to, when an address asks for it: to pages of the shop alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from chassis.testing.skipping import skip_without

MODULE = Path(__file__).parents[2] / "web" / "storefront" / "js" / "within.js"
SHOP, HOME = "https://shop.example", "/de/"
OWN = {
    "/orders": "/orders",
    "/de/products/a?variant=B-1": "/de/products/a?variant=B-1",
    "/a/../cart": "/cart",
    "/%2F/other.example": "/%2F/other.example",
    "/@other.example": "/@other.example",
    "/cart#token": "/cart",
}
FOREIGN = [
    None,
    "",
    "orders",
    "//other.example",
    "///other.example",
    "/.//other.example",
    "/..//other.example",
    "/a/..//other.example",
    "/%2e//other.example",
    "/\\other.example",
    "/\t/other.example",
    "\\/other.example",
    "https://other.example/",
    "https:other.example",
    "javascript:alert(1)",
    " /orders",
    "/.//",
]


@pytest.mark.parametrize(("wanted", "found"), [*OWN.items(), *((each, HOME) for each in FOREIGN)])
def test_a_page_goes_on_to_addresses_of_this_shop_alone(wanted: str | None, found: str):
    if shutil.which("node") is None:
        skip_without("node", "it is not on the PATH")
    script = f"""
        import {{ within }} from {json.dumps(MODULE.as_uri())};
        const found = within({json.dumps(wanted)}, {json.dumps(SHOP)}, {json.dumps(HOME)});
        console.log(JSON.stringify([found, new URL(found, {json.dumps(SHOP)}).origin]));
    """
    command = ["node", "--input-type=module", "--eval", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [found, SHOP]
