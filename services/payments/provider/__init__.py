"""The payment provider: what is asked of one, and Stripe as one."""

from payments.provider.port import Busy, Lane, Misconfigured, NewIntent, PaymentProvider, Refused, Unknown

__all__ = ["Busy", "Lane", "Misconfigured", "NewIntent", "PaymentProvider", "Refused", "Unknown"]
