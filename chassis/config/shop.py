"""What a new shop begins with, before its people have set it: who sells, and how it looks."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from chassis.config.settings import CommonSettings

_LINK = r"^(https?://[^\s\"'<>]{1,500})?$"


class NewShopSettings(CommonSettings):
    """Who sells, and how mails look, until the shop's people set it at /api/v1/admin/shop."""

    # The name on documents and mails; on invoices the legal one.
    shop_name: str = Field(default="Mercat", min_length=1, max_length=100, pattern=r"^[^\r\n|]+$")
    # The shop's postal address on documents: lines with | between them.
    shop_address: str = Field(default="", max_length=400, pattern=r"^[^\r\n]*$")
    # The shop's VAT number, or its tax number.
    shop_vat_id: str = Field(default="", max_length=40, pattern=r"^[^\r\n]*$")
    # An address to write to, on documents.
    shop_email: str = Field(default="", max_length=254, pattern=r"^[^\r\n]*$")
    # What a register asks for: its court and number, the directors.
    shop_registration: str = Field(default="", max_length=200, pattern=r"^[^\r\n]*$")
    # The colour of mails, such as #2a5c4d.
    shop_colour: str = Field(default="#222222", pattern=r"^#[0-9a-fA-F]{6}$")
    # The address of a picture of the shop's name for mails; empty: its name in letters.
    shop_logo_url: str = Field(default="", pattern=_LINK)
    # The language of orders and accounts that name none: en or de.
    shop_locale: Literal["en", "de"] = "en"
    # Where the shop is, for the day and the year of its documents.
    shop_time_zone: str = Field(default="UTC", max_length=60)

    @field_validator("shop_time_zone")
    @classmethod
    def _a_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("it must be the name of a time zone, such as Europe/Berlin") from None
        return value
