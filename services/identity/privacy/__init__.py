"""A person's rights over their data: a copy of it, and the erasure of their account in every service."""

from __future__ import annotations

from identity.privacy.api import own, staff
from identity.privacy.jobs import DUE, erasures_done, erasures_learned, export_collected, forget_old
from identity.privacy.readings import OVERDUE
from identity.privacy.store.erasures import done_since, insert_due
from identity.privacy.usecases.ask_export import COLLECT
from identity.privacy.usecases.learn import LEARN
from identity.privacy.usecases.repeat import repeat_after_restore

ROUTERS = [own.router, staff.router]

__all__ = [
    "COLLECT",
    "DUE",
    "LEARN",
    "OVERDUE",
    "ROUTERS",
    "done_since",
    "erasures_done",
    "erasures_learned",
    "export_collected",
    "forget_old",
    "insert_due",
    "repeat_after_restore",
]
