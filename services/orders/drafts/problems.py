"""What is refused about draft orders, and why."""

from __future__ import annotations

from chassis.problems import Conflict


class DraftChanged(Conflict):
    """409: the draft is of another version than the request names; extension `version`: that of now.

    What to do: Read the draft again, and send what you want with its new version.
    """

    type, title = "draft-changed", "Somebody has changed this draft meanwhile"


class DraftSent(Conflict):
    """409: the draft was sent, and is an order of the same id.

    What to do: Read the order: it can be edited or ended.
    """

    type, title = "draft-sent", "This draft is an order already"


class TooManyDrafts(Conflict):
    """409: the shop has as many drafts as it can; extension `limit`.

    What to do: Send or delete some first.
    """

    type, title = "too-many-drafts", "There are too many drafts"
