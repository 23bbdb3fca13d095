"""What the names in the API of carts and orders mean. The order is for one print of the demo shop's `perfect-fifth`."""

from __future__ import annotations

from chassis.documentation import Glossary

_VARIANT = "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c01"
_TOKEN = "kq3vJ9mC7nZ2wX5tR8yB1dF4gH6jL0pSaEoUiQrTxYk"  # noqa: S105 -- of the right form, and nobody's

GLOSSARY = Glossary(
    terms={
        "at": "When, in UTC",
        "Cart-Token": "A guest's key to a cart",
        "cancel_reason": "Why it was cancelled; null while it is not",
        "cancelled_at": "When it was cancelled, in UTC",
        "cart_token": "A guest's key to this cart: keep it as a secret",
        "city": "Town or city",
        "client_secret": "Confirms this one payment; keep it out of logs and addresses",
        "country": "ISO 3166-1 alpha-2",
        "data": "What came with it",
        "email": "Where mails about the order go",
        "history": "What became known of it, oldest first",
        "image_url": "Null where there is none",
        "kind": "What became known",
        "line1": "Street and number",
        "line2": "Flat, floor, company",
        "lines": "One for each variant",
        "name": "Whom the parcel is for",
        "order": "As it was placed",
        "order_id": "The order's id",
        "order_token": "A guest's key to this order: keep it as a secret",
        "orders": "How many of them are not paid",
        "paid_at": "When its payment was taken, in UTC; null while it is not",
        "pay_url": "Where to send the person to pay; null: the page pays by itself, with `client_secret`",
        "payment": "What is needed to pay it; null when there is nothing to pay, or not yet",
        "phone": "For the carrier",
        "placed_at": "When it was placed, in UTC",
        "position": "Its place in the order, from 1",
        "postal_code": "As the country writes it",
        "publishable_key": "For Stripe.js",
        "quantity": "How many pieces",
        "region": "State or province",
        "scope": "Of whom this is told",
        "shipping_address": "Where it is shipped to",
        "since": "When the oldest of them was placed, in UTC",
        "sku": "The variant's SKU: the shop's own article number",
        "slug": "The product's name in addresses",
        "status": "Where the order is on its way: `paid` and `cancelled` are final",
        "title": "The product's",
        "unavailable": "Lines that cannot be ordered now; take them out",
        "units": "How many pieces they hold",
        "variant_id": "The variant's id, from the catalog",
        "version": "Its place in the history, from 1",
    },
    examples={
        "account_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c03",
        "Cart-Token": _TOKEN,
        "list_all_orders.number": "M-7F3K9Q",
        "order_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02",
        "Order-Token": _TOKEN,
        "variant_id": _VARIANT,
    },
    bodies={
        "NewCart": {"currency": "EUR"},
        "NewOrderRequest": {
            "email": "ada@example.com",
            "shipping_address": {
                "name": "Ada Lovelace",
                "line1": "12 St James's Square",
                "city": "London",
                "postal_code": "SW1Y 4LE",
                "country": "GB",
                "phone": "+44 20 7946 0958",
            },
            "expected_total": {"amount": 5600, "currency": "EUR"},
            "lines": [{"variant_id": _VARIANT, "quantity": 1}],
        },
        "PutLine": {"quantity": 1},
    },
)
