"""The words of the annotations: docs/compliance/retention.yaml and data-map.yaml."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tools.gates.tree import ROOT
from tools.tables.described import converted

RETENTION = "docs/compliance/retention.yaml"
WORDS = "docs/compliance/data-map.yaml"
NOBODY = "none"


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of retention. `aim`: another period that is meant, which the code does not keep yet."""

    period: str
    enforced_by: str
    evidence: tuple[str, ...]
    aim: str = ""


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What data are for; `basis`: of Art. 6 GDPR."""

    about: str
    basis: str


class LogField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of log lines that leads to a person."""

    kind: str
    note: str = ""


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cookie, or a name in the browser's storage."""

    kind: str
    purpose: str
    retention: str
    about: str


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a mail holds of its recipient."""

    holds: str
    receiver: str


class Elsewhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place outside of the databases."""

    what: str
    holds: str
    kind: str
    purpose: str
    retention: str
    evidence: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of data-map.yaml. `missing`: what a law asks for, and what there is today."""

    missing: dict[str, str]
    kinds: dict[str, str]
    purposes: dict[str, Purpose]
    receivers: dict[str, str]
    limits: dict[str, str]
    logs: dict[str, LogField]
    logs_of_nobody: str
    cookies: dict[str, Kept]
    storage: dict[str, Kept]
    mails: dict[str, Mail]
    stripe: dict[str, str]
    elsewhere: tuple[Elsewhere, ...]


def retention(root: Path = ROOT) -> dict[str, Retention]:
    """The classes of retention by name.

    Raises:
        Unreadable: the file is not of the form.
    """
    return converted(root / RETENTION, RETENTION, dict[str, Retention])


def words(root: Path = ROOT) -> Words:
    """The words, and what is elsewhere.

    Raises:
        Unreadable: the file is not of the form.
    """
    return converted(root / WORDS, WORDS, Words)
