"""Bodies of requests and answers about the words of mails."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from chassis.mail.letter import Words
from chassis.shop_profile.templates import OwnWords, Rules
from chassis.web import Model, Text, VisibleSingleLine


class MailTemplateChange(Model):
    """The words that are wanted."""

    subject: Annotated[VisibleSingleLine, Field(max_length=200)] = Field(
        description="With placeholders, such as $number", examples=["News of your order"]
    )
    body: Text = Field(
        description="Plain text; paragraphs stand between empty lines, `[Words]($link)` alone in one is a button",
        examples=["Hello,\n\n[Look at it]($link)"],
    )


class MailTemplate(Model):
    """The words of a mail."""

    kind: str = Field(description="Which mail", examples=["link"])
    language: str = Field(description="In which it is written", examples=["en"])
    own: bool = Field(description="Whether the shop's people wrote it; else it is the built-in one", examples=[True])
    subject: str = Field(description="With placeholders", examples=["News of your order"])
    body: str = Field(description="The text, with placeholders", examples=["Hello,\n\n[Look at it]($link)"])
    placeholders: list[str] = Field(description="What may stand in the text", examples=[["link"]])
    needed: list[str] = Field(description="What has to stand in it", examples=[["link"]])
    written_at: datetime | None = Field(
        description="When it was written; null: it is the built-in one", examples=["2026-11-30T12:00:00Z"]
    )

    @classmethod
    def of(cls, kind: str, language: str, rules: Rules, *, own: OwnWords | None, built_in: Words) -> Self:
        """The API's form of the shop's own words, else of the built-in ones."""
        return cls(
            kind=kind,
            language=language,
            own=own is not None,
            subject=own.subject if own else built_in.subject,
            body=own.body if own else built_in.body,
            placeholders=sorted(rules.names | rules.tables),
            needed=sorted(rules.needed),
            written_at=own.updated_at if own else None,
        )


class MailTemplates(Model):
    """The words of all mails."""

    items: list[MailTemplate] = Field(description="Of each mail in each language")
