"""The Content-Security-Policy of each page: what is not from this site is neither loaded nor asked."""

from __future__ import annotations

import base64
import hashlib
import re

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)
_PLACE = '<meta charset="utf-8">'
# Mermaid puts its styles into its drawings.
_RULES = (
    "default-src 'none'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
)


def with_policy(html: str) -> str:
    """The page with its policy, which allows the scripts that stand in it by their sums."""
    return html.replace(_PLACE, f'{_PLACE}<meta http-equiv="Content-Security-Policy" content="{_policy(html)}">', 1)


def _policy(html: str) -> str:
    inline = [found["code"] for found in _SCRIPT.finditer(html) if _runs(found["attributes"])]
    sums = sorted({base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in inline})
    allowed = " ".join(["'self'", *(f"'sha256-{each}'" for each in sums)])
    return "; ".join([*_RULES, f"script-src {allowed}"])


def _runs(attributes: str) -> bool:
    return "src=" not in attributes and "application/json" not in attributes
