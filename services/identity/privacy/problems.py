"""Errors of export and erasure."""

from __future__ import annotations

from chassis.problems import Conflict, NotFound


class ErasureBlocked(Conflict):
    """409: money of this person is open: a payment, a refund or a dispute; extension `reasons`: plain sentences.

    What to do: Show the `reasons`; ask again once they are settled.
    """

    type, title = "erasure-blocked", "The account cannot be erased while money is open"


class ExportNotReady(Conflict):
    """409: the export is still being collected.

    What to do: Ask for the list of exports until `ready_at` is set; a mail says so, too.
    """

    type, title = "export-not-ready", "The export is still being collected"


class ExportNotFound(NotFound):
    """404: there is no such export, or its 7 days are over.

    What to do: Ask for a new export.
    """

    type, title = "export-not-found", "There is no such export"
