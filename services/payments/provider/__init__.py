"""The payment provider: its interface, and Stripe as its implementation."""

from payments.provider.port import Busy, Lane, Misconfigured, NewIntent, NewRefund, PaymentProvider, Refused, Unknown

__all__ = ["Busy", "Lane", "Misconfigured", "NewIntent", "NewRefund", "PaymentProvider", "Refused", "Unknown"]
