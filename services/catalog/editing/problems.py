"""What editing a product is refused for."""

from __future__ import annotations

from chassis.problems import Conflict


class SlugTaken(Conflict):
    """409: another product has this slug.

    What to do: Choose another slug, or leave it out to get one that is made of the title.
    """

    type, title = "slug-taken", "Another product has this slug"


class SkuTaken(Conflict):
    """409: another variant has one of the SKUs; `skus` lists them. A variant that is not sold any more keeps its SKU.

    What to do: Choose other SKUs, or make the variant active that has it.
    """

    type, title = "sku-taken", "Another variant has this SKU"


class OptionsTaken(Conflict):
    """409: the product would have two variants with the same option values.

    What to do: Change or retire one of them first.
    """

    type, title = "options-taken", "Two variants would have the same option values"


class TooManyVariants(Conflict):
    """409: the product would have more variants than it can; `limit` is the number.

    What to do: Retire variants that are not sold any more, or make two products of it.
    """

    type, title = "too-many-variants", "A product cannot have so many variants"


class NotADraft(Conflict):
    """409: only a draft can wait for its moment; this product is shown already, or archived.

    What to do: Set its status to `draft` first, or leave it as it is.
    """

    type, title = "not-a-draft", "This product is no draft"


class TooManySales(Conflict):
    """409: the product has as many sales as it can, that run or are to come; `limit` is the number.

    What to do: End one of them first.
    """

    type, title = "too-many-sales", "A product cannot have so many sales"
