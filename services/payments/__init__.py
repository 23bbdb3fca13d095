"""Payments: authorisation, capture and cancellation of an order's one payment at Stripe, and the ledger."""
