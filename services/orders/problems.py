"""What this service refuses, and why."""

from chassis.problems import Conflict, NotFound, Problem


class OutOfStock(Conflict):
    """409: fewer units are available than were ordered; extension `lines`: [{sku, requested, available}].

    What to do: Order what is `available`, with a new key.
    """

    type, title = "out-of-stock", "Not enough stock"
    final = True


class CartNotFound(NotFound):
    """404: there is no such cart, or it is another shopper's.

    What to do: Begin a new cart.
    """

    type, title = "cart-not-found", "There is no such cart"


class CartFull(Conflict):
    """409: the cart holds its greatest number of lines.

    What to do: Take a line out first.
    """

    type, title = "cart-full", "The cart holds as many different articles as it can"


class CartChanged(Conflict):
    """409: the cart is of another version than the request expects.

    What to do: Read the cart again and show it.
    """

    type, title = "cart-changed", "The cart has changed meanwhile"


class CartOrdered(Conflict):
    """409: the cart has become an order; extensions `order_id`, `order_number`, `payable_until`.

    What to do: Pay that order, or cancel it to have the cart back.
    """

    type, title = "cart-ordered", "The cart is ordered, and its order waits for payment"


class CartEmpty(Conflict):
    """409: the cart has no line.

    What to do: Put something into the cart first.
    """

    type, title = "cart-empty", "There is nothing to order"


class PriceChanged(Conflict):
    """409: the total is not the expected one. Extensions: `currency`, and as money `subtotal`, `shipping`, `rounding`,
    `total` and `lines` (`unit_price`, `previous_unit_price`, `total`): what it would cost now.

    What to do: Show the new `total`; if the shopper agrees, order with it and a new key.
    """

    type, title = "price-changed", "It costs something else by now"


class HoldLimit(Conflict):
    """409: more would be held unpaid than is allowed. Extensions: `scope` (holder, address, network), `limit` (orders,
    units, variant, lapsed; of orders by bank transfer or in cash: manual, manual_variant), `allowed`, `sku` (where it
    is about a variant), and `orders`: [{id, number, expires_at}], the holder's own that are open.

    What to do: Pay or cancel what is open, then send it again; or choose another way to pay.
    """

    type, title = "hold-limit", "Too much is held without being paid"


class WeakIdempotencyKey(Problem):
    """422: a guest's Idempotency-Key has too few random bits.

    What to do: Use a new random UUID.
    """

    status, type, title = 422, "weak-idempotency-key", "This Idempotency-Key could be guessed"


class UnknownVariant(Problem):
    """422: articles that are not sold; `errors` name the lines, extension `variants` the ids.

    What to do: Take these lines out.
    """

    status, type, title = 422, "unknown-variant", "Some articles are not sold here, or not in this currency"


class DiscountRejected(Problem):
    """422: a discount code does not count for this order; `errors` name the codes and why.

    What to do: Leave these codes out, or order so that they count.
    """

    status, type, title = 422, "discount-rejected", "A discount code does not count for this order"


class TotalNotPayable(Problem):
    """422: the total is less or more than can be charged.

    What to do: Order more, or less.
    """

    status, type, title = 422, "total-not-payable", "This total cannot be paid"


class OrderNotCancellable(Conflict):
    """409: the order has gone too far; extension `order_status`.

    What to do: Read the order: what is paid is not cancelled here.
    """

    type, title = "order-not-cancellable", "The order can no longer be cancelled"


class PaymentMethodNotOffered(Problem):
    """422: the shop does not offer this way to pay; `errors` name the field. An order that was written is cancelled.

    What to do: Choose one that GET /api/v1/checkout/settings offers, with a new key.
    """

    status, type, title = 422, "payment-method-not-offered", "This shop does not offer this way to pay"


class TooManyDeclines(Conflict):
    """409: too many cards were declined from this address; the order is cancelled, and what it held is given back.

    What to do: Order again in an hour, or with another way to pay.
    """

    type, title = "too-many-declines", "Too many cards were declined"
    final = True


class PaymentRefused(Problem):
    """422: the provider does not take this order's payment; the order is cancelled.

    What to do: Nothing with this order, which is cancelled; another total may be payable.
    """

    status, type, title = 422, "payment-refused", "This order cannot be paid"
    final = True
