"""Disputes and warnings of fraud: their bookings, events and deadlines, and what staff can do about them."""

from payments.disputes.api import router
from payments.disputes.usecases.count_disputes import GAUGES, count_disputes
from payments.disputes.usecases.record_dispute import Recorded, record_dispute

__all__ = ["GAUGES", "Recorded", "count_disputes", "record_dispute", "router"]
