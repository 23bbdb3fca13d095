"""Pages that a script fills: the document has what is around them."""

from __future__ import annotations

from pages.visit import Page, Visit
from pages.wording import english

TITLES = {
    "cart": english("Your cart"),
    "checkout": english("Check out"),
    "orders": english("Your orders"),
    "find_order": english("Find an order"),
    "order": english("Your order"),
    "pay": english("Pay"),
    "return": english("Send something back"),
    "sign_in": english("Sign in"),
    "sign_up": english("Create an account"),
    "account": english("Your account"),
    "confirm": english("Confirm your address"),
    "forgotten": english("Forgotten password"),
    "reset": english("New password"),
    "email": english("New e-mail address"),
    "take_back": english("Take back a change"),
    "invitation": english("Invitation"),
}


async def frame(visit: Visit) -> Page:
    """The frame of a page of one person."""
    return Page("frame.html", visit.t(TITLES[visit.place.kind.page]), indexed=False)
