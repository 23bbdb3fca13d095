"""What this room refuses, and why."""

from __future__ import annotations

from chassis.problems import Conflict


class SlugTaken(Conflict):
    """409: another product has this slug.

    What to do: Choose another slug, or change that of the other product first.
    """

    type, title = "slug-taken", "Another product has this slug"


class TooManyTranslations(Conflict):
    """409: it has texts in as many languages as it can; extension `limit`.

    What to do: Delete those in a language that the shop does not have any more.
    """

    type, title = "too-many-translations", "There are too many translations"


class RedirectTaken(Conflict):
    """409: there is a redirect from this address already.

    What to do: Delete it first.
    """

    type, title = "redirect-taken", "This address leads somewhere already"


class TooManyRedirects(Conflict):
    """409: the shop has as many redirects as it can; extension `limit`.

    What to do: Delete those that nobody follows any more.
    """

    type, title = "too-many-redirects", "There are too many redirects"
