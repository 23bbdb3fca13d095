"""Saved customers: an account may have one customer at the provider, where its cards are."""

from payments.customers.api import router
from payments.customers.store import ANY_LEAVING, customer_of
from payments.customers.usecases.delete_customer import delete_customer, delete_leaving

__all__ = ["ANY_LEAVING", "customer_of", "delete_customer", "delete_leaving", "router"]
