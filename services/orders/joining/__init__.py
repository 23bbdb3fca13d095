"""Orders of guests join the account whose owner has their e-mail address."""

from __future__ import annotations

from orders.joining.api.routes import router
from orders.joining.usecases.join_orders import JOIN, JoinOrders, join_orders

__all__ = ["JOIN", "JoinOrders", "join_orders", "router"]
