"""Payouts and movements of the balance at the provider: read, booked once each, and reported by day."""

from payments.payouts.api.payouts import router
from payments.payouts.api.reports import router as reports_router
from payments.payouts.usecases.count_payouts import GAUGES, count_payouts
from payments.payouts.usecases.read_balance import read_balance

__all__ = ["GAUGES", "count_payouts", "read_balance", "reports_router", "router"]
