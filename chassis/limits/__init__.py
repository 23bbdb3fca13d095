"""Rate limits: exact over all replicas through Valkey, and still binding without it."""

from chassis.limits.addresses import Proxies, network_of
from chassis.limits.dependency import account, add_headers, client_ip, client_net, counted, counts, limit
from chassis.limits.gcra import Decision, Rule, rate
from chassis.limits.limiter import Limiter, Refusals, begin, rule
from chassis.limits.reads import public_read, take_read

__all__ = [
    "Decision",
    "Limiter",
    "Proxies",
    "Refusals",
    "Rule",
    "account",
    "add_headers",
    "begin",
    "client_ip",
    "client_net",
    "counted",
    "counts",
    "limit",
    "network_of",
    "public_read",
    "rate",
    "rule",
    "take_read",
]
