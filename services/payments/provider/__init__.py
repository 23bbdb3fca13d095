"""The payment provider: what is asked of one, and Stripe as one."""

from payments.provider.port import NewIntent, PaymentProvider, Refused, Unknown

__all__ = ["NewIntent", "PaymentProvider", "Refused", "Unknown"]
