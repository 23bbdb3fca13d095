"""What a browser may tell of the shop's pages: closed sets of names, and numbers within bounds. None is of a person."""

from __future__ import annotations

from enum import StrEnum


class PageKind(StrEnum):
    """A page by its route; never its address, which may hold an id or a search."""

    SHELF = "shelf"
    PRODUCT = "product"
    CART = "cart"
    CHECKOUT = "checkout"
    ORDERS = "orders"
    FIND_ORDER = "find_order"
    ORDER = "order"
    PAY = "pay"
    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    CONFIRM = "confirm"
    POLICY = "policy"
    MISSING = "missing"


class Vital(StrEnum):
    """How a page felt: largest paint, slowest interaction and first byte in seconds; the shift of its layout."""

    LCP = "lcp"
    INP = "inp"
    TTFB = "ttfb"
    CLS = "cls"


class CheckoutStep(StrEnum):
    """From a filled cart to a paid order, in this order."""

    CART = "cart"
    CHECKOUT = "checkout"
    PLACED = "placed"
    PAY = "pay"
    PAID = "paid"


class Way(StrEnum):
    """A step that was reached; and one whose page was left for another than the next step, in the same tab."""

    REACHED = "reached"
    LEFT = "left"


class ScriptError(StrEnum):
    """An error of a page's script by its kind, without its words; what could not be loaded, or a policy stopped."""

    TYPE = "type"
    REFERENCE = "reference"
    RANGE = "range"
    SYNTAX = "syntax"
    DOM = "dom"
    RESOURCE = "resource"
    POLICY = "policy"
    OTHER = "other"
