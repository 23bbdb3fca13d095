"""Calling other services."""

from chassis.http.answers import Answer, ServiceProblem
from chassis.http.client import ServiceClient

__all__ = ["Answer", "ServiceClient", "ServiceProblem"]
