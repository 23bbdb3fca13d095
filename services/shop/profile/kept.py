"""What is answered from the cache, and for how long."""

from __future__ import annotations

# What was set is seen within 2 seconds; without Valkey after TTL_SECONDS.
TAG = "profile"
TTL_SECONDS = 30.0
STALE_SECONDS = 300.0
CACHE_CONTROL = "public, max-age=10"
