"""`diff`: what a deploy would change, by release, as unified diffs of objects; what Secrets hold is never shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from deploy.charts.release import Release
from deploy.release.cluster import Object
from deploy.release.installed import Installed, Revision, good, of
from deploy.release.installing import Installer

_SECRET = ("data", "stringData")


def differences(
    installer: Installer, planned: Sequence[Release], installed: Installed
) -> Iterator[tuple[str, str, str]]:
    """Name, what would happen, and the diff of each release that would change.

    Raises:
        NotInstalled: values are wrong, or a chart cannot be had.
    """
    for release in planned:
        runs = good(of(installed, release))
        if runs is None:
            # Its definitions may not be there yet, which a dry run on the server asks for.
            yield release.name, "is new", diff([], installer.templated(release))
            continue
        made = installer.rendered(release)
        if made.content != runs.content:
            what = f"has revision {runs.number}" if made.content[:2] != runs.content[:2] else "has other values alone"
            yield release.name, what, diff(runs.objects(), made.objects())


def removed(planned: Sequence[Release], installed: Installed, namespaces: Sequence[str]) -> list[Revision]:
    """The releases in the project's namespaces that are not planned any more: a deploy leaves them."""
    names = {release.name for release in planned}
    last = [revisions[-1] for name, revisions in sorted(installed.items()) if name not in names]
    return [revision for revision in last if revision.namespace in namespaces]


def diff(before: Sequence[Object], after: Sequence[Object]) -> str:
    """A unified diff, object by object. Of a Secret's value that is another it says so, on the new side."""
    old, new = ({_name(each): each for each in objects} for objects in (before, after))
    lines: list[str] = []
    for name in sorted({*old, *new}):
        before_text, after_text = _text(old.get(name), old.get(name)), _text(new.get(name), old.get(name))
        titles = f"now: {name}", f"then: {name}"
        lines += difflib.unified_diff(before_text.splitlines(), after_text.splitlines(), *titles, lineterm="")
    return "\n".join(lines)


def _name(each: Object) -> str:
    return f"{each['kind']} {each['metadata'].get('namespace', '')}/{each['metadata']['name']}"


def _text(each: Object | None, other: Object | None) -> str:
    if each is None:
        return ""
    if each["kind"] == "Secret":
        each = {
            **each,
            **{field: _hidden(each[field], (other or {}).get(field) or {}) for field in _SECRET if each.get(field)},
        }
    return str(yaml.safe_dump(each, sort_keys=True))


def _hidden(values: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, str]:
    """Each value as whether the other side has the same."""
    return {name: "(hidden)" if others.get(name) == value else "(hidden, differs)" for name, value in values.items()}
