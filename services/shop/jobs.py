"""What this service does again and again."""

from __future__ import annotations

from chassis.jobs import JobTable
from shop.figures import ANY_DUE, read_sources
from shop.keys import sweep_keys
from shop.webhooks import sweep_messages

jobs = JobTable()
jobs.every(seconds=3600, name="shop.sweep_keys")(sweep_keys)
jobs.every(seconds=3600, name="shop.sweep_messages")(sweep_messages)
jobs.every(seconds=5, name="shop.read_sales", when=ANY_DUE)(read_sources)
