"""Metrics of webhooks."""

from __future__ import annotations

from chassis import telemetry

tries = telemetry.counter(
    "shop_webhook_tries",
    "Messages sent to endpoints of webhooks, by what became of each try; `failed`: it was the last one",
    {"outcome": ("taken", "again", "failed")},
)
off = telemetry.shared_gauge(
    "shop_webhooks_off", "Endpoints of webhooks that are off because they took nothing for three days, or answered 410"
)
switched_off = telemetry.counter(
    "shop_webhooks_switched_off",
    "Endpoints of webhooks that were switched off because they took nothing for three days, or answered 410",
    {"reason": ("failing", "gone")},
)
