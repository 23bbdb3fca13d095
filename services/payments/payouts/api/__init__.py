"""Handlers of payouts and of the daily report, for staff."""
