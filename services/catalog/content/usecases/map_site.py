"""The sitemap: which pages there are, for search engines, in files of 5,000."""

from __future__ import annotations

from xml.sax.saxutils import escape

from catalog.content.domain.addresses import page_of
from catalog.content.store import pages
from catalog.context import CatalogContext

# The format allows 50,000 (https://www.sitemaps.org/protocol.html). A file of 5,000 has 600 kB and is made in few ms.
PER_FILE = 5_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def base(ctx: CatalogContext) -> str:
    """The shop's address, without a slash at its end."""
    return str(ctx.settings.public_url).rstrip("/")


async def site_index(ctx: CatalogContext, files: str) -> bytes:
    """The list of all files, of which each is at `files` and its number."""
    async with ctx.db.read() as tx:
        count = await pages.count(tx)
    numbers = range(1, max(1, -(-count // PER_FILE)) + 1)
    rows = [f"<sitemap><loc>{escape(f'{base(ctx)}{files}/{number}')}</loc></sitemap>\n" for number in numbers]
    return f"{_HEAD}<sitemapindex {_SPACE}>\n{''.join(rows)}</sitemapindex>\n".encode()


async def site_file(ctx: CatalogContext, number: int) -> bytes:
    """The pages of one file; the first has the shop's front page, too. Nothing: there are not so many files."""
    async with ctx.db.read() as tx:
        found = await pages.some(tx, (number - 1) * PER_FILE, PER_FILE)
    if not found and number > 1:
        return b""
    site = escape(base(ctx))
    rows = [f"<url><loc>{site}/</loc></url>\n"] if number == 1 else []
    rows += [
        f"<url><loc>{site}{page_of(each.slug)}</loc><lastmod>{each.updated_at:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>\n"
        for each in found
    ]
    return f"{_HEAD}<urlset {_SPACE}>\n{''.join(rows)}</urlset>\n".encode()
