"""Calling other services."""

from chassis.http.answers import ServiceProblem
from chassis.http.client import ServiceClient

__all__ = ["ServiceClient", "ServiceProblem"]
