"""Bodies of requests and answers about texts, slugs and redirects."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from catalog.api.schemas.public import ONE_LINE, Language, Name, Slug
from catalog.content.domain.addresses import LONGEST, PATH, is_exact
from catalog.content.store.redirects import Redirect
from catalog.content.store.texts import Translation
from catalog.content.usecases.read_content import Content
from catalog.domain.translations import OptionWords, Texts
from chassis.web import Model, Text, VisibleSingleLine

Title = Annotated[VisibleSingleLine, Field(max_length=200)]
SeoDescription = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=ONE_LINE)]
PathOfPage = Annotated[
    str,
    StringConstraints(pattern=PATH, min_length=1, max_length=LONGEST),
    Field(description="The address of a page of the shop: its path, without host and query"),
]
Version = Annotated[int, Field(description="Of what the texts are of, after this", examples=[3])]
# Of all values, so that what is stored stays within its bound.
LONGEST_OPTIONS = 100_000
_OWN = "null: as in the shop's own language"


class OptionValue(Model):
    """A value of an option in another language."""

    value: Name = Field(description="As the product has it", examples=["Oak frame"])
    shown: Name = Field(description="In the other language", examples=["Eichenrahmen"])


class OptionText(Model):
    """An option in another language. Values that are not here are shown as they are."""

    option: Name = Field(description="Its name, as the product has it", examples=["Frame"])
    name: Name | None = Field(default=None, description=f"In the other language; {_OWN}", examples=["Rahmen"])
    values: list[OptionValue] = Field(default=[], max_length=2_000, description="Some of its values, each once")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for name in ("value", "shown"):
            if len({getattr(each, name) for each in self.values}) < len(self.values):
                raise PydanticCustomError("twice", "The same {name} stands twice", {"name": name})
        return self


class TranslationFields(Model):
    """Texts in another language."""

    title: Title | None = Field(default=None, description=f"Its title; {_OWN}", examples=["Reine Quinte"])
    description_html: Text | None = Field(
        default=None,
        description=f"What is not allowed in it is taken out; {_OWN}",
        examples=["<p>Tinte auf Papier.</p>"],
    )
    seo_title: Title | None = Field(
        default=None,
        description=f"What search engines show as its title; {_OWN}",
        examples=["Reine Quinte: Pendelbild"],
    )
    seo_description: Annotated[SeoDescription, Field(min_length=1)] | None = Field(
        default=None, description=f"What they show below it; {_OWN}", examples=["Von einem Pendel gezeichnet."]
    )
    options: list[OptionText] = Field(default=[], max_length=3, description="Of a product: its options, each once")


class TranslationChange(TranslationFields):
    """The texts that are wanted in a language, all of them. A category has a title alone."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if len({each.option for each in self.options}) < len(self.options):
            raise PydanticCustomError("twice", "The same option stands twice")
        if sum(len(one.value) + len(one.shown) for each in self.options for one in each.values) > LONGEST_OPTIONS:
            raise PydanticCustomError("too_long", "The values of all options have more than 100,000 characters")
        if all(getattr(self, name) in (None, []) for name in TranslationFields.model_fields):
            raise PydanticCustomError("nothing", "There is no text in it; delete the translation in place of it")
        return self

    @property
    def texts(self) -> Texts:
        """As the use case has them."""
        options = {
            each.option: OptionWords(each.name, {one.value: one.shown for one in each.values}) for each in self.options
        }
        return Texts(**self.model_dump(exclude={"options"}), options=options)


class TranslationView(TranslationFields):
    """Texts in another language, as staff see them."""

    language: Language
    version: Version
    updated_at: datetime

    @classmethod
    def of(cls, found: Translation, version: int) -> Self:
        """The API's form of the texts."""
        own = {name: getattr(found.texts, name) for name in TranslationFields.model_fields if name != "options"}
        options = [
            OptionText(
                option=option,
                name=words.name,
                values=[OptionValue(value=value, shown=shown) for value, shown in words.values.items()],
            )
            for option, words in found.texts.options.items()
        ]
        return cls(**own, options=options, language=found.language, version=version, updated_at=found.updated_at)


class TranslationHeading(Model):
    """That there are texts in a language."""

    language: Language
    title: str | None = Field(description=f"Its title; {_OWN}", examples=["Reine Quinte"])
    updated_at: datetime


class OldSlugView(Model):
    """A slug that it had."""

    slug: Slug
    left_at: datetime = Field(description="Until when it had it")


class SeoFields(Model):
    """What search engines show, in the shop's own language."""

    title: SeoDescription = Field(
        max_length=255,
        description="As its title; empty: its title",
        examples=["Perfect Fifth, a pendulum print"],
    )
    description: SeoDescription = Field(
        description="Below it; empty: a part of its description",
        examples=["Drawn by a pendulum, signed and numbered."],
    )


class ContentView(Model):
    """What a product, a collection or a category has beside its own texts."""

    id: UUID
    slug: Slug
    seo: SeoFields = Field(description="What search engines show; a category has none")
    translations: list[TranslationHeading] = Field(description="The languages that it has texts in, 20 at most")
    old_slugs: list[OldSlugView] = Field(
        description="Those that lead to it, the newest 100, the newest first; none leads to a category"
    )
    version: int = Field(description="For `If-Match`", examples=[3])

    @classmethod
    def of(cls, found: Content) -> Self:
        """The API's form of it."""
        thing = found.thing
        return cls(
            id=thing.id,
            slug=thing.slug,
            seo=SeoFields(title=thing.seo_title, description=thing.seo_description),
            translations=[TranslationHeading.model_validate(each, from_attributes=True) for each in found.translations],
            old_slugs=[OldSlugView.model_validate(each, from_attributes=True) for each in found.old_slugs],
            version=thing.version,
        )


class SeoView(SeoFields):
    """What search engines show, and the version of what it is of."""

    version: Version


class SlugChange(Model):
    """The slug that is wanted."""

    slug: Slug = Field(description="Its name in addresses; the one that it has leads to it from then on")


class SlugView(Model):
    """A product's slug."""

    slug: Slug
    version: Version


class NewRedirect(Model):
    """An address that is to lead to another."""

    from_path: PathOfPage = Field(examples=["/collections/summer-2019"])
    to_path: PathOfPage = Field(examples=["/products/perfect-fifth"])

    @field_validator("from_path", "to_path")
    @classmethod
    def _exact(cls, path: str) -> str:
        if not is_exact(path):
            raise PydanticCustomError("inexact_path", "No part of the path may be empty, `.` or `..`")
        return path

    @model_validator(mode="after")
    def _elsewhere(self) -> Self:
        if self.from_path.rstrip("/") == "":
            raise PydanticCustomError("front_page", "The front page leads nowhere else")
        return self


class RedirectView(Model):
    """An address that leads to another."""

    from_path: PathOfPage = Field(examples=["/collections/summer-2019"])
    to_path: PathOfPage = Field(examples=["/products/perfect-fifth"])
    id: UUID
    created_at: datetime

    @classmethod
    def of(cls, found: Redirect) -> Self:
        """The API's form of a redirect."""
        return cls.model_validate(found, from_attributes=True)


class PageFound(Model):
    """Where an address leads."""

    to_path: PathOfPage | None = Field(description="Null: nowhere", examples=["/products/perfect-fifth"])


KindOfThing = Literal["products", "collections", "categories"]
KindWithPages = Literal["products", "collections"]
