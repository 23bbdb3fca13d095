"""What this room refuses, and why."""

from __future__ import annotations

from chassis.problems import Conflict


class CollectionChanged(Conflict):
    """409: the collection is of another version than the request names; extension `version`: that of now.

    What to do: Read it again, and send what you want with its new version.
    """

    type, title = "collection-changed", "Somebody has changed this collection meanwhile"


class SlugTaken(Conflict):
    """409: another one has this slug.

    What to do: Choose another slug, or change the other one first.
    """

    type, title = "slug-taken", "Another one has this slug"


class TooManyCollections(Conflict):
    """409: the shop has as many collections as it can; extension `limit`.

    What to do: Delete one that is no longer needed.
    """

    type, title = "too-many-collections", "There are too many collections"


class FilledByRule(Conflict):
    """409: the products of this collection are found by its rule.

    What to do: Change the rule, or make a collection by hand.
    """

    type, title = "filled-by-rule", "The products of this collection are found by its rule"


class CategoryChanged(Conflict):
    """409: the category is of another version than the request names; extension `version`: that of now.

    What to do: Read it again, and send what you want with its new version.
    """

    type, title = "category-changed", "Somebody has changed this category meanwhile"


class CategoryMisplaced(Conflict):
    """409: the category would stand below itself, or deeper than a category can.

    What to do: Choose another parent.
    """

    type, title = "category-misplaced", "A category cannot stand there"


class CategoryInUse(Conflict):
    """409: the category has products, or categories below it.

    What to do: Put them into another one first.
    """

    type, title = "category-in-use", "The category is in use"


class TooManyCategories(Conflict):
    """409: the shop has as many categories as it can; extension `limit`.

    What to do: Delete one that is no longer needed.
    """

    type, title = "too-many-categories", "There are too many categories"
