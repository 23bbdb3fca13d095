"""What pages say and where they are: translations, texts for search engines, slugs, redirects, sitemap, robots.txt."""

from __future__ import annotations

from catalog.content.api.public import router as _public
from catalog.content.api.redirects import router as _redirects
from catalog.content.api.texts import router as _texts

routers = (_public, _redirects, _texts)
"""HTTP of this room."""

__all__ = ["routers"]
