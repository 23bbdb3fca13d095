"""What discounts refuse, and why."""

from chassis.problems import Conflict


class DiscountUsedUp(Conflict):
    """409: a discount of the order was used up by others meanwhile. Extensions: `code` (null: it needs none),
    `discount_id`, and `reason`: used-up or used-by-you.

    What to do: Show the cart again, which says what it costs without it; order for that total, with a new key.
    """

    type, title = "discount-used-up", "A discount can no longer be used"


class CodeTaken(Conflict):
    """409: codes that another discount has, or had; extension `codes`.

    What to do: Choose other codes.
    """

    type, title = "code-taken", "There are such codes already"


class TooManyCodes(Conflict):
    """409: the discount would have more codes than it can; extension `limit`.

    What to do: Add fewer, or make another discount.
    """

    type, title = "too-many-codes", "A discount has no more codes than that"


class DiscountArchived(Conflict):
    """409: an archived discount stays as it is.

    What to do: Make a new one.
    """

    type, title = "discount-archived", "This discount is archived"


class DiscountUsed(Conflict):
    """409: a discount that an order used is not deleted.

    What to do: Archive it.
    """

    type, title = "discount-used", "An order has used this discount"
