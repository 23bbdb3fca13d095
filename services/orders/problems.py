"""What this service refuses, and why."""

from chassis.problems import Conflict, NotFound, Problem


class OutOfStock(Conflict):
    """Extension `lines`: [{sku, requested, available}]. It is the lasting answer to its request."""

    type, title = "out-of-stock", "Not enough stock"
    final = True


class CartNotFound(NotFound):
    """404: there is no such cart, or it is another shopper's."""

    type, title = "cart-not-found", "There is no such cart"


class CartFull(Conflict):
    """409: the cart holds its greatest number of lines."""

    type, title = "cart-full", "The cart holds as many different articles as it can"


class CartChanged(Conflict):
    """409: the cart is of another version than the request expects."""

    type, title = "cart-changed", "The cart has changed meanwhile"


class CartOrdered(Conflict):
    """Extensions `order_id`, `order_number`, `payable_until`: the order that the cart has become."""

    type, title = "cart-ordered", "The cart is ordered, and its order waits for payment"


class CartEmpty(Conflict):
    """409: the cart has no line."""

    type, title = "cart-empty", "There is nothing to order"


class PriceChanged(Conflict):
    """Extensions `currency`, and as money `subtotal`, `shipping`, `rounding`, `total` and `lines` (`unit_price`,
    `previous_unit_price`, `total`): what it would cost now.
    """

    type, title = "price-changed", "It costs something else by now"


class HoldLimit(Conflict):
    """Extensions: `scope` (holder, address, network), `limit` (orders, units, variant, lapsed), `allowed`, `sku` (where
    it is about a variant), and `orders`: [{id, number, expires_at}], the holder's own that are open.
    """

    type, title = "hold-limit", "Too much is held without being paid"


class WeakIdempotencyKey(Problem):
    """422: a guest's Idempotency-Key has too few random bits."""

    status, type, title = 422, "weak-idempotency-key", "This Idempotency-Key could be guessed"


class UnknownVariant(Problem):
    """`errors` name the lines; extension `variants`: the ids."""

    status, type, title = 422, "unknown-variant", "Some articles are not sold here, or not in this currency"


class TotalNotPayable(Problem):
    """422: the total is less or more than can be charged."""

    status, type, title = 422, "total-not-payable", "This total cannot be paid"


class OrderNotCancellable(Conflict):
    """Extension `order_status`."""

    type, title = "order-not-cancellable", "The order can no longer be cancelled"


class PaymentRefused(Problem):
    """The lasting answer to its request; the order is cancelled."""

    status, type, title = 422, "payment-refused", "This order cannot be paid"
    final = True
