"""What a page may turn out to be, beside the page: somewhere else, or gone."""

from __future__ import annotations


class Gone(Exception):
    """What the page was about is not sold any more."""


class Elsewhere(Exception):
    """What the page is about has another slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class MovedPage(Exception):
    """The page has another address: `path` is that, without the prefix of language and currency."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path
