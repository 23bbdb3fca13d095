"""Rate limits: exact over all replicas through Valkey, and still binding without it."""

from chassis.limits.addresses import Proxies, network_of
from chassis.limits.dependency import account, client_ip, client_net, limit
from chassis.limits.gcra import Decision, Rule, rule
from chassis.limits.limiter import Limiter

__all__ = [
    "Decision",
    "Limiter",
    "Proxies",
    "Rule",
    "account",
    "client_ip",
    "client_net",
    "limit",
    "network_of",
    "rule",
]
