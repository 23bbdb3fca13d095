"""Parts of a page that are made: what stands between `<!-- name: command -->` and `<!-- name end -->`."""

from __future__ import annotations

import re

_ANY = re.compile(r"^<!-- (?P<name>[\w-]+): .*? -->\n.*?^<!-- (?P=name) end -->$", re.DOTALL | re.MULTILINE)


def replaced(text: str, name: str, inside: str) -> str:
    """The page with another text between the marks of this name.

    Raises:
        ValueError: the page has no such marks.
    """
    pattern = re.compile(rf"^(<!-- {name}: .*? -->\n).*?^(<!-- {name} end -->)$", re.DOTALL | re.MULTILINE)
    if not pattern.search(text):
        raise ValueError(f"the page lacks the place for what is made: <!-- {name}: command --> ... <!-- {name} end -->")
    return pattern.sub(lambda found: f"{found[1]}\n{inside.strip()}\n\n{found[2]}", text)


def blanked(text: str) -> str:
    """The page without the parts that are made, its other lines where they were."""
    return _ANY.sub(lambda found: "\n" * found[0].count("\n"), text)
