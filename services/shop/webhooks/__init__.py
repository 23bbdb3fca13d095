"""Outgoing webhooks: other programs are told of events, signed as Standard Webhooks says."""

from __future__ import annotations

from shop.webhooks.api import log, routes
from shop.webhooks.client import WebhookClient
from shop.webhooks.following import follow
from shop.webhooks.sender import Sender
from shop.webhooks.usecases.count_off import READING, count_off
from shop.webhooks.usecases.sweep import sweep as sweep_messages

__all__ = ["READING", "Sender", "WebhookClient", "count_off", "follow", "routers", "sweep_messages"]

routers = (routes.router, log.router)
