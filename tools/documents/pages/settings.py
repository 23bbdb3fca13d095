"""docs/reference/settings.md: every setting of the services and of the command on a laptop."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mercat.config.settings import OF_THE_COMMAND
from tools import openapi
from tools.reference import configured
from tools.reference.configured import Setting
from tools.reference.tables import head, table

PAGE = "docs/reference/settings.md"
_READERS = "operators and developers: every setting, what it is for, its default and its limits."
_FROM = "each service's `settings.py`, its comments, and `mercat/config/settings.py`"
_ABOUT = """
A service reads its settings once, at start: from environment variables of these names, or from files of the names
in small letters in the folder `MERCAT_SECRETS_DIR`. A missing or wrong one ends the start and is named, never its
value. Lists are JSON (`["a", "b"]`) but where the meaning says "commas".

- **On a laptop** a line `NAME=value` in `.env` sets it for all services that have it, and `NAME_SERVICE=value` for one:
  `LOG_LEVEL_ORDERS=debug`. What the store makes itself is marked *made*: set it for one service at most. Without
  keys of Stripe it makes those of the double. More:
  [mercat](../../mercat/README.md#settings).
- **In a cluster** the charts set what comes from the platform; `settings` and `service_settings` of an environment's
  file in [deploy/environments](../../deploy/environments) the rest, but what is secret:
  [charts](../../deploy/charts/README.md).

**Secret** values belong into the secrets of the platform; no log line and no error shows them. `_LIMIT` is a rate
such as `10/min`: as many at once, and so many more in that time. Why each limit is as it is:
[limits](../concepts/limits.md).
"""
# In a comment: JSON, an address, the name of a setting.
_AS_CODE = re.compile(r"(?<!`)(\{.*\}|[a-z0-9]+://\S*[^\s.,;:]|\b[A-Z]+(?:_[A-Z0-9]+)+\b)(?!`)")
_COMMAND = """
## Of the command on a laptop

Environment variables or lines in `.env` that are no setting of a service:

"""


def pages() -> dict[str, str]:
    """The page of settings."""
    found, names = configured.settings(), openapi.services()
    every = [each for each in found if len(each.services) == len(names)]
    some = [each for each in found if 1 < len(each.services) < len(names)]
    parts = [head("Settings", _READERS, _FROM), _ABOUT, "\n## Of every service\n\n", _table(every, owners=False)]
    parts += ["\n## Of several services\n\n", _table(some, owners=True)]
    for name in names:
        own = [each for each in found if each.services == (name,)]
        parts.append(f"\n## Of {name}\n\n{_table(own, owners=False)}")
    rows = [(f"`{name}`", about) for name, about in OF_THE_COMMAND.items()]
    return {PAGE: "".join([*parts, _COMMAND, table(("name", "meaning"), rows)])}


def _table(found: Iterable[Setting], *, owners: bool) -> str:
    columns = ("name", *(("services",) if owners else ()), "kind", "default", "limits", "secret", "meaning")
    return table(columns, [_row(each, owners=owners) for each in sorted(found, key=lambda each: each.name)])


def _row(each: Setting, *, owners: bool) -> tuple[str, ...]:
    default = "*made* on a laptop" if each.made and each.default == "needed" else each.default
    default += ", *made* on a laptop" if each.made and each.default != "needed" else ""
    middle = (", ".join(each.services),) if owners else ()
    meaning = _AS_CODE.sub(r"`\1`", each.meaning)
    return (f"`{each.name}`", *middle, each.kind, default, each.limits, each.secret, meaning)
