"""The problems (refusals) of disputes."""

from __future__ import annotations

from chassis.problems import Problem


class DisputeNotAnswerable(Problem):
    """409: the dispute is over, its deadline has passed, or evidence was sent before; a warning takes no answer.

    What to do: Read the dispute again: its status says how it stands.
    """

    status, type, title = 409, "dispute-not-answerable", "This dispute takes no answer any more"
