"""The database: `database` (one SQLite file), its tables (`schema`), and the SQL of each kind of record."""

from __future__ import annotations

__all__ = ["database", "documents", "event_queue", "payments", "schema"]
