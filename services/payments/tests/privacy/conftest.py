from __future__ import annotations

from payments.tests.manual.conftest import till

__all__ = ["till"]
