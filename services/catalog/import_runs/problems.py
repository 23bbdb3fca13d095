"""What is refused of files to import."""

from __future__ import annotations

from chassis.problems import Conflict


class TooManyFiles(Conflict):
    """409: as many files are kept as can be; extension `limit`.

    What to do: Start runs of those that are here, or wait: each is forgotten after 7 days.
    """

    type, title = "too-many-files", "As many files are kept as can be"
