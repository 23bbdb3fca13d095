"""Pictures that staff upload and arrange: their order, what they show in words, and which variants show them."""

from __future__ import annotations

from catalog.uploads.api.arranging import router as arranging_router
from catalog.uploads.api.uploading import router as uploading_router
from catalog.uploads.usecases.upload_slots import UploadSlots

__all__ = ["UploadSlots", "routers"]

routers = (uploading_router, arranging_router)
