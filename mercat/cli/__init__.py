"""The command line: options, arguments and help texts. `main.main` is the entry point."""

from __future__ import annotations

__all__ = ["main"]
