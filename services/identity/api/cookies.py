"""The cookies of the refresh token and of the device, and the check that a refresh comes from the store's own pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request, Response

from identity.context import Ctx
from identity.problems import CrossSite

# The prefix makes browsers insist on Secure, on Path=/ and on no Domain.
COOKIE = "__Host-refresh"
DEVICE_COOKIE = "__Host-device"
DEVICE_SECONDS = 365 * 86_400
HEADER = "x-mercat"
_OWN = {"same-origin", "same-site"}


# Header and cookie of a refresh, for the API's description: both are read here and not by the framework.
REFRESHING = {
    "parameters": [
        {
            "name": "X-Mercat",
            "in": "header",
            "required": True,
            "description": "`refresh`: a page of another site could not send it",
            "schema": {"type": "string", "enum": ["refresh"], "maxLength": 7},
            "example": "refresh",
        },
        {
            "name": COOKIE,
            "in": "cookie",
            "required": True,
            "description": "The refresh token, from the answer to `POST /api/v1/sessions` or to the refresh before",
            "schema": {"type": "string", "maxLength": 200},
            "example": "0199a5d01f2a7c118a4e5b1f0f0a9c05.kq3vJ9mC7nZ2wX5tR8yB1dF4gH6jL0pSaEoUiQrTxYk",
        },
    ]
}


def set_refresh_cookie(response: Response, token: str, seconds: int) -> None:
    """Send the refresh token in its cookie, which lasts so many seconds."""
    response.set_cookie(COOKIE, token, max_age=seconds, path="/", secure=True, httponly=True, samesite="strict")


def clear_refresh_cookie(response: Response) -> None:
    """Have the browser delete the cookie of the refresh token."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")


def refresh_cookie(request: Request) -> str | None:
    """The refresh token that the browser sent."""
    return request.cookies.get(COOKIE)


def set_device_cookie(response: Response, device: str) -> None:
    """Send the device's cookie."""
    response.set_cookie(
        DEVICE_COOKIE, device, max_age=DEVICE_SECONDS, path="/", secure=True, httponly=True, samesite="strict"
    )


def device_cookie(request: Request) -> str | None:
    """The device cookie that the browser sent."""
    return request.cookies.get(DEVICE_COOKIE)


async def refuse_cross_site(request: Request, ctx: Ctx) -> None:
    """Refuse a refresh from another site, which can neither add a header nor choose its origin.

    Raises:
        CrossSite: the header is missing, or the browser says that another site asks.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = site in _OWN if site else origin is None or _same_host(origin, request, ctx.settings.public_url)
    if request.headers.get(HEADER) != "refresh" or not own:
        raise CrossSite("Send the header X-Mercat: refresh, from a page of the store.")


def _same_host(origin: str, request: Request, public_url: str) -> bool:
    host = urlsplit(origin).netloc
    return bool(host) and host in {urlsplit(public_url).netloc, request.headers.get("host")}
