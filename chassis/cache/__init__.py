"""Valkey, the cache of answers in the process's memory, the versions in Valkey that invalidate it, and batching."""

from chassis.cache.batcher import Batcher
from chassis.cache.cache import Cache, Encoded, encode, respond
from chassis.cache.valkey import Down, Valkey

__all__ = ["Batcher", "Cache", "Down", "Encoded", "Valkey", "encode", "respond"]
