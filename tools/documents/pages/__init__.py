"""Generators of pages: each module has `pages() -> dict[str, str]`: the path in the repository, and the whole text."""
