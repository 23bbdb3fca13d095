"""What pricing refuses, and why."""

from chassis.problems import Conflict, Problem


class RuleChanged(Conflict):
    """409: the rule is of another version than the request names; extension `version`: that of now.

    What to do: Read it again, and send what you want with its new version.
    """

    type, title = "rule-changed", "Somebody has changed this meanwhile"


class RuleExists(Conflict):
    """409: there is such a rule already: a zone or method of this title, a zone of this place, a rate of this time.

    What to do: Change the one that is there.
    """

    type, title = "rule-exists", "There is such a rule already"


class TooManyRules(Conflict):
    """409: the shop has as many of them as it can; extension `limit`.

    What to do: Delete one, or put several into one.
    """

    type, title = "too-many-rules", "There are too many of these"


class ShippingNotOffered(Problem):
    """422: nothing ships this order to its address, or not by the method that was chosen. Extensions `reason`
    (destination-needed, no-method, method-not-offered) and `methods`: those that are offered.

    What to do: Choose one of `methods`; where there are none, another address or less in the cart.
    """

    status, type, title = 422, "shipping-not-offered", "This order is not shipped so"
