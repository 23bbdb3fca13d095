"""Which addresses an endpoint may have."""

from __future__ import annotations

from ipaddress import ip_address

from yarl import URL

from chassis.http.public_addresses import refusal
from chassis.problems import FieldError, Invalid
from shop.settings import ShopSettings


def check(settings: ShopSettings, url: str) -> None:
    """Refuse what is known to lead nowhere; names are looked at when a connection is made.

    Raises:
        Invalid: not https, another port, or an address that is not public.
    """
    parts = URL(url)
    host, port = parts.host or "", parts.port or 0
    reason = None
    if parts.scheme != "https" and not settings.webhook_networks:
        reason = "It must be https"
    elif port not in settings.webhook_ports:
        reason = f"Its port must be one of {', '.join(map(str, settings.webhook_ports))}"
    elif _is_number(host):
        reason = refusal(host, port, ports=settings.webhook_ports, networks=settings.webhook_networks)
    if reason is not None:
        raise Invalid(errors=[FieldError("url", reason, "address")])


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
