"""What the theme leaves open in its HTML: names for those who hear a page, and room for what is wider than it."""

from __future__ import annotations

import re

_SEARCH = 'data-md-component="search" role="dialog"'
_MENU = re.compile(
    r'(<nav [^>]*aria-labelledby="__nav_[\d_]+)_label("[^>]*>\s*<label class="md-nav__title" )for="(__nav_[\d_]+)"'
)
_DIAGRAM = re.compile(r'<pre class="mermaid">.*?</pre>', re.DOTALL)
_WIDE = '<div class="wide" tabindex="0" role="group" aria-label="{what}">'


def page(html: str) -> str:
    """The search has a name; a menu is called as its title, where the theme names a label that may be empty."""
    html = html.replace(_SEARCH, f'{_SEARCH} aria-label="Search"')
    return _MENU.sub(r'\1_title\2id="\3_title" for="\3"', html)


def content(html: str) -> str:
    """Tables and diagrams that are wider than the page scroll by themselves, and by the keyboard.

    An empty corner of a table is no head of a column.
    """
    html = html.replace("<th></th>", "<td></td>")
    html = _DIAGRAM.sub(lambda found: f"{_WIDE.format(what='diagram')}{found[0]}</div>", html)
    return html.replace("<table>", f"{_WIDE.format(what='table')}<table>").replace("</table>", "</table></div>")
