"""Bodies of requests and answers about the tree of categories."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from catalog.api.schemas.public import Slug
from catalog.collections.api.models import Title, Version
from catalog.collections.domain.tree import DEEPEST
from catalog.collections.store.categories import Category, Fields
from catalog.collections.usecases.assign_category import Outcome
from chassis.web import Model

Parent = Annotated[
    UUID | None,
    Field(description="The category that it stands in; null: at the top", examples=[None]),
]
Depth = Annotated[int, Field(ge=1, le=DEEPEST, description="1 at the top, 6 at most", examples=[1])]


class NewCategory(Model):
    """A category that is to be made."""

    parent_id: Parent = None
    position: Annotated[int, Field(strict=True, ge=0, le=1_000, examples=[1])] = Field(
        default=0, description="Among those of the same parent; where it is the same, by title"
    )
    slug: Slug = Field(description="Its name in addresses")
    title: Title

    @property
    def fields(self) -> Fields:
        """As the use cases have them."""
        return Fields(self.parent_id, self.position, self.slug, self.title)


class CategoryChange(NewCategory):
    """What a category is to be. With another parent all below it moves along."""

    version: Version


class StaffCategory(Model):
    """A category, as staff see it."""

    id: UUID
    parent_id: Parent
    depth: Depth
    position: int = Field(description="Among those of the same parent", examples=[1])
    slug: Slug
    title: Title
    version: int = Field(examples=[1])
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, found: Category) -> Self:
        """The API's form of a category."""
        return cls.model_validate(found, from_attributes=True)


class StaffCategories(Model):
    """All categories, parents first."""

    items: list[StaffCategory]


class ShelfAssignment(Model):
    """Products that are to stand in a category, and in no other."""

    category_id: UUID | None = Field(description="Null: in none", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c07"])
    product_ids: list[UUID] = Field(
        min_length=1,
        max_length=100,
        description="1 to 100; one that stands twice counts once",
        examples=[["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c05"]],
    )
    preview: Annotated[bool, Field(strict=True, description="Only say what would become of each", examples=[True])] = (
        False
    )


class AssignedProduct(Model):
    """What became of a product, or would."""

    product_id: UUID = Field(description="As it was sent")
    outcome: Outcome = Field(description="Put there, there already, or no product of the shop", examples=["placed"])
    before: UUID | None = Field(description="The category that it was in; null: in none", examples=[None])


class AssignedProducts(Model):
    """What became of each, by id."""

    items: list[AssignedProduct]


class CategoryNode(Model):
    """A category, as shoppers see it."""

    id: UUID
    parent_id: Parent
    depth: Depth
    slug: Slug
    title: str = Field(examples=["Prints"])
    products: int = Field(description="How many are sold in it and in those below it", examples=[5])


class CategoryTree(Model):
    """All categories, parents first, in the order to show them."""

    items: list[CategoryNode]
