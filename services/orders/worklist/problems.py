"""What the work list refuses, and why."""

from __future__ import annotations

from chassis.problems import Conflict


class TooManyNotes(Conflict):
    """409: the order has as many notes as it can; extension `limit`.

    What to do: Delete one that is no longer needed.
    """

    type, title = "too-many-notes", "The order has as many notes as it can"


class TooManyTags(Conflict):
    """409: the order, or the shop, would have more tags than it can; extension `limit`.

    What to do: Take tags off first.
    """

    type, title = "too-many-tags", "There would be too many tags"


class TooManyViews(Conflict):
    """409: the account has as many saved views as it can; extension `limit`.

    What to do: Delete one, or change one that is there.
    """

    type, title = "too-many-views", "There are too many saved views"


class ViewChanged(Conflict):
    """409: the view is of another version than the request names; extension `version`: that of now.

    What to do: Read it again, and send what you want with its new version.
    """

    type, title = "view-changed", "Somebody has changed this view meanwhile"
