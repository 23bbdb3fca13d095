"""Calling other services."""

from chassis.http.client import ServiceClient, ServiceProblem

__all__ = ["ServiceClient", "ServiceProblem"]
