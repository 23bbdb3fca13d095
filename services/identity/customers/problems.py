"""What notes and groups refuse, and why."""

from __future__ import annotations

from chassis.problems import Conflict


class TooManyAccountNotes(Conflict):
    """409: the account has as many notes as it can; extension `limit`.

    What to do: Delete one that is no longer needed.
    """

    type, title = "too-many-account-notes", "The account has as many notes as it can"


class TooManyGroups(Conflict):
    """409: there are as many groups as there can be; extension `limit`.

    What to do: Delete one that is no longer needed.
    """

    type, title = "too-many-groups", "There are too many groups"


class GroupFull(Conflict):
    """409: the group has as many accounts as it can; extension `limit`.

    What to do: Make a second group.
    """

    type, title = "group-full", "The group is full"


class GroupNameTaken(Conflict):
    """409: another group has this name, in whatever letters.

    What to do: Choose another name.
    """

    type, title = "group-name-taken", "There is a group with this name"


class GroupChanged(Conflict):
    """409: the group is of another version than the request names; extension `version`: that of now.

    What to do: Read it again, and send what you want with its new version.
    """

    type, title = "group-changed", "Somebody has changed this group meanwhile"
