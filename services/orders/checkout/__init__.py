"""Orders from the basket to the payment: reserve, open the payment, settle, or end unpaid."""

from __future__ import annotations

from orders.checkout.advancing import Advancer
from orders.checkout.api.admin import router as staff_router
from orders.checkout.api.calculations import router as calculations_router
from orders.checkout.api.checkout_settings import router as settings_router
from orders.checkout.api.models import OrderDetail, StaffOrderView
from orders.checkout.api.routes import router
from orders.checkout.domain.holding import Rules
from orders.checkout.domain.numbers import as_typed as number_as_typed
from orders.checkout.domain.order_request import OrderRequest
from orders.checkout.domain.order_state import Fact, State
from orders.checkout.domain.order_states import FulfilmentStatus, Life, PaymentStatus, Progress
from orders.checkout.domain.order_values import Attention, OrderStatus, Payment, Reason, Stock
from orders.checkout.metrics import mails as mail_metric
from orders.checkout.metrics import start as start_metrics
from orders.checkout.store.due import ANY_DUE
from orders.checkout.store.holds import forget as forget_holds
from orders.checkout.store.notices import forget as forget_notices
from orders.checkout.store.orders import find as find_order
from orders.checkout.store.orders import first_id as first_order_id
from orders.checkout.store.orders import history as history_of
from orders.checkout.store.orders import lock_state, with_stock_after
from orders.checkout.store.orders import refusal as stock_refusal
from orders.checkout.store.rows import COLUMNS, HistoryEntry, Order, StoredLine, order_of
from orders.checkout.store.timeline import add_progress, append_event, lock_order, progress_of
from orders.checkout.turns import Turns
from orders.checkout.usecases.advance_order import advance_order
from orders.checkout.usecases.give_up_unknown import GIVE_UP, enqueue_give_up, give_up_unknown
from orders.checkout.usecases.limit_holds import holding_rules
from orders.checkout.usecases.place_for_customer import CustomerOrder, place_for_customer
from orders.checkout.usecases.reconcile_stock import RECONCILE, Reconcile, reconcile_stock
from orders.checkout.usecases.record_fact import MAIL, Mail, record_event
from orders.checkout.usecases.report_holds import NOTICE, Notice
from orders.checkout.usecases.show_order import owned_order
from orders.checkout.usecases.sweep_orders import sweep_orders

__all__ = [
    "ANY_DUE",
    "COLUMNS",
    "GIVE_UP",
    "MAIL",
    "NOTICE",
    "RECONCILE",
    "Advancer",
    "Attention",
    "CustomerOrder",
    "Fact",
    "FulfilmentStatus",
    "HistoryEntry",
    "Life",
    "Mail",
    "Notice",
    "Order",
    "OrderDetail",
    "OrderRequest",
    "OrderStatus",
    "Payment",
    "PaymentStatus",
    "Progress",
    "Reason",
    "Reconcile",
    "Rules",
    "StaffOrderView",
    "State",
    "Stock",
    "StoredLine",
    "Turns",
    "add_progress",
    "advance_order",
    "append_event",
    "calculations_router",
    "enqueue_give_up",
    "find_order",
    "first_order_id",
    "forget_holds",
    "forget_notices",
    "give_up_unknown",
    "history_of",
    "holding_rules",
    "lock_order",
    "lock_state",
    "mail_metric",
    "number_as_typed",
    "order_of",
    "owned_order",
    "place_for_customer",
    "progress_of",
    "reconcile_stock",
    "record_event",
    "router",
    "settings_router",
    "staff_router",
    "start_metrics",
    "stock_refusal",
    "sweep_orders",
    "with_stock_after",
]
