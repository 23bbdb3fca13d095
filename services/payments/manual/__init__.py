"""Manual payments: bank transfer and cash. Staff mark them received; the provider does not know them."""

from payments.manual.api.internal import router as service_router
from payments.manual.api.staff import router
from payments.manual.domain import account_of
from payments.manual.problems import MethodNotOffered
from payments.manual.usecases.create_manual_payment import create_manual_payment
from payments.manual.usecases.receive_payment import receive_payment

__all__ = [
    "MethodNotOffered",
    "account_of",
    "create_manual_payment",
    "receive_payment",
    "router",
    "service_router",
]
