"""What this service refuses, and why."""

from __future__ import annotations

from chassis.problems import Conflict


class ProfileChanged(Conflict):
    """409: the shop's settings are of another version than the request names; extension `version`: that of now.

    What to do: Read them again, and send what you want with their new version.
    """

    type, title = "profile-changed", "Somebody has changed the shop's settings meanwhile"


class LanguageInUse(Conflict):
    """409: a language was left out in which there are texts of policies.

    What to do: Delete these texts first, or keep the language.
    """

    type, title = "language-in-use", "There are texts in this language"


class TooManyKeys(Conflict):
    """409: there are as many living API keys as there can be; extension `limit`.

    What to do: End one that is no longer needed.
    """

    type, title = "too-many-keys", "There are too many API keys"


class TooManyEndpoints(Conflict):
    """409: there are as many endpoints of webhooks as there can be; extension `limit`.

    What to do: Delete one that is no longer needed.
    """

    type, title = "too-many-endpoints", "There are too many endpoints of webhooks"


class EndpointChanged(Conflict):
    """409: the endpoint is of another version than the request names; extension `version`: that of now.

    What to do: Read it again, and send what you want with its new version.
    """

    type, title = "endpoint-changed", "Somebody has changed this endpoint meanwhile"
