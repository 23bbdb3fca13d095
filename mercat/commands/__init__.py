"""The commands, one module each; the function has the command's name. `render` formats their output."""

from __future__ import annotations

__all__ = [
    "admin",
    "backup",
    "dev",
    "doctor",
    "down",
    "import_products",
    "logs",
    "operations",
    "pictures",
    "render",
    "reset",
    "restart",
    "restore",
    "seed",
    "status",
    "trust",
    "up",
]
