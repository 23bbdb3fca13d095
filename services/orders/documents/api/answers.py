"""PDF files as answers."""

from __future__ import annotations

from typing import Any

from fastapi import Response

PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}, "description": "A PDF"}
}


def pdf_response(name: str, content: bytes) -> Response:
    """A PDF that no cache keeps. `name`: letters, digits and dashes, as numbers of documents and orders are."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.pdf"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/pdf", headers=headers)
