"""B4: a hostile product file: its picture addresses lead inside, at once or by a redirect, its texts hold scripts, its
cells hold formulas.
"""

from __future__ import annotations

from proofs.attack.listening import leading_on, listening
from proofs.attack.people import boss_of
from proofs.shopper import Shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "Hostile imports: no picture is fetched from inside, and no script reaches a page"
INSIDE = (
    "http://127.0.0.1:{port}/a",
    "http://localhost:{port}/b",
    "http://127.0.0.1/c",
    "http://[::1]/d",
    "http://[::ffff:127.0.0.1]/e",
    "http://2130706433/f",
    "http://0x7f000001/g",
    "http://0177.0.0.1/h",
    "http://127.1/i",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.23/v1/credentials",
    "http://[fd00:ec2::254]/latest",
    "http://0/j",
    "http://[::]/k",
    "http://\u2460\u2461\u2466.0.0.1/l",
    "//127.0.0.1/m",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "ftp://127.0.0.1/n",
    "http://user:password@127.0.0.1/o",
    "javascript:alert(1)",
)
HTML = (
    "<p>fine</p><script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>"
    "<a href='javascript:alert(1)'>go</a><math><mi xlink:href='data:x,y'></math><iframe srcdoc='x'></iframe>"
)
REFUSED = {"refused-address", "bad-address", "bad-redirect"}
# What a page could run, if it came to a browser.
RUNS = ("<script", "onerror", "onload", "javascript:", "<svg", "<math", "<iframe", "srcdoc", "data:")


async def prove(store: ProofStore) -> list[str]:
    """Import the file, wait until each picture is refused; returns what was fetched, kept or shown."""
    async with listening() as (port, visits), leading_on() as (outside, led), boss_of(store) as boss:
        addresses = [*(each.format(port=port) for each in INSIDE), *outside]
        wrong = await _imported(boss, addresses)
        wrong += await _refused(boss, visits)
        wrong += await _shown(boss)
    print(f"  {len(addresses)} addresses: {len(led)} redirects were met, {len(visits)} visits inside", flush=True)
    if len({line.split()[1] for line in led}) < len(outside):
        wrong.append(f"of {len(outside)} redirects only these were met: {led}")
    return wrong + [f"the catalog asked an address inside: {line!r}" for line in visits]


async def _imported(boss: Shopper, addresses: list[str]) -> list[str]:
    rows = [f'hostile-{n},=cmd|calc {n},"{HTML}",@HOSTILE-{n},1.00,{url}' for n, url in enumerate(addresses)]
    text = "\n".join(["Handle,Title,Body (HTML),Variant SKU,Variant Price,Image Src", *rows, ""])
    headers = {**boss.headers, "Content-Type": "text/csv"}
    async with boss.http.post(f"{boss.base}/api/v1/admin/imports", data=text.encode(), headers=headers) as answer:
        report = await answer.json()
        done = answer.status == 200 and report["created"] == len(addresses)
    return [] if done else [f"the file is answered {answer.status}: {str(report)[:200]}"]


async def _refused(boss: Shopper, visits: list[bytes]) -> list[str]:
    """Wait for the end of each try to fetch, or for a visit; each must be refused for its address."""

    async def pictures() -> list[dict[str, object]]:
        if visits:
            return [{"source_url": "", "product_slug": "hostile-", "code": "refused-address"}]
        # In this order: one that fails between the two is in the second list.
        waiting = await boss.call("GET", "/api/v1/admin/pictures?status=waiting&limit=100")
        failed = await boss.call("GET", "/api/v1/admin/pictures?status=failed&limit=100")
        return [] if waiting.body["items"] else list(failed.body["items"])

    found = await eventually(pictures, 60, "the end of the tries to fetch pictures")
    codes = {str(each["source_url"]): each["code"] for each in found if "hostile-" in str(each["product_slug"])}
    if not codes:
        return ["no picture of the file was tried, so nothing was shown"]
    return [f"{url}: {code}" for url, code in codes.items() if code not in REFUSED]


async def _shown(boss: Shopper) -> list[str]:
    product = await boss.call("GET", "/api/v1/products/hostile-0")
    html = str(product.body["description_html"]).lower()
    if "fine" not in html:
        return ["the description is not shown, so nothing was shown"]
    return [f"a description holds {word}" for word in RUNS if word in html]
