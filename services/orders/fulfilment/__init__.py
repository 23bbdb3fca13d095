"""What is sent of an order: parcels, and what has become of each piece."""

from __future__ import annotations

from orders.fulfilment.api.admin import router as staff_router
from orders.fulfilment.api.models import PiecesRequest, Position, each_once
from orders.fulfilment.api.routes import router
from orders.fulfilment.domain.pieces import Pieces, PiecesChange, Quantities, too_many
from orders.fulfilment.packing import packing_slip
from orders.fulfilment.problems import NotEnoughPieces
from orders.fulfilment.store.parcels import of_order as parcels_of
from orders.fulfilment.store.pieces import change_pieces, pieces_of
from orders.fulfilment.usecases.count_pieces import cancel_pieces, count_in_order
from orders.fulfilment.usecases.locked import known_order, locked_order
from orders.fulfilment.usecases.mail_parcel import PARCEL_MAIL, ParcelMail, mail_parcel, parcel_facts
from orders.fulfilment.usecases.restock_pieces import RESTOCK, RestockJob, ask_for_restock, restock_pieces

__all__ = [
    "PARCEL_MAIL",
    "RESTOCK",
    "NotEnoughPieces",
    "ParcelMail",
    "Pieces",
    "PiecesChange",
    "PiecesRequest",
    "Position",
    "Quantities",
    "RestockJob",
    "ask_for_restock",
    "cancel_pieces",
    "change_pieces",
    "count_in_order",
    "each_once",
    "known_order",
    "locked_order",
    "mail_parcel",
    "packing_slip",
    "parcel_facts",
    "parcels_of",
    "pieces_of",
    "restock_pieces",
    "router",
    "staff_router",
    "too_many",
]
