"""What staff send and get of pictures."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

import msgspec
from pydantic import Field, StringConstraints, model_validator

from catalog.api.schemas.images import Image, thumbnail
from catalog.api.schemas.public import ONE_LINE
from catalog.uploads.domain.order import MOST
from catalog.uploads.store.pictures import Shown
from catalog.uploads.usecases.changing import Pictures
from chassis.web import Model

AltText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=512, pattern=ONE_LINE)]
_ID = "0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f"
_VARIANT = "0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e10"
# As many variants as an import takes for one product.
MOST_VARIANTS = 2_048
Ids = Annotated[list[UUID], Field(examples=[[_ID]])]


class ProductPicture(Image):
    """A picture of a product, and its place among the others."""

    id: UUID = Field(examples=[_ID])
    position: int = Field(ge=1, description="Pictures are shown by it; numbers may be missing", examples=[1])
    variant_ids: list[UUID] = Field(description="Variants that show it as their own", examples=[[_VARIANT]])

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """The model of a picture."""
        own = {name: getattr(shown, name) for name in ("id", "position", "source_url", "variant_ids")}
        size = thumbnail(shown.id, shown.alt, shown.width, shown.height, shown.widths)
        return cls.model_validate_json(msgspec.json.encode(size | own))


class ChangedPicture(Model):
    """A picture after a change, and the version of its product, which is the `ETag`, too."""

    picture: ProductPicture
    product_version: int = Field(ge=1, description="For `If-Match`", examples=[7])

    @classmethod
    def of(cls, changed: Pictures) -> Self:
        """The model of a changed picture."""
        return cls(picture=ProductPicture.of(changed.items[0]), product_version=changed.version)


class ProductPictures(Model):
    """All pictures of a product, and its version, which is the `ETag`, too."""

    items: list[ProductPicture]
    product_version: int = Field(ge=1, description="For `If-Match`", examples=[7])

    @classmethod
    def of(cls, found: Pictures) -> Self:
        """The model of a product's pictures."""
        return cls(items=[ProductPicture.of(each) for each in found.items], product_version=found.version)


class PictureOrder(Model):
    """The pictures of a product, in the order in which they are to be shown."""

    picture_ids: Annotated[Ids, Field(min_length=1, max_length=MOST * 4, description="Each of the product's once")]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.picture_ids)) < len(self.picture_ids):
            raise ValueError("a picture stands twice in picture_ids")
        return self


class PictureText(Model):
    """What a picture shows."""

    alt: AltText = Field(examples=["Perfect Fifth above a sofa"])


class PictureVariants(Model):
    """The variants that show a picture; all others do not."""

    variant_ids: Annotated[Ids, Field(max_length=MOST_VARIANTS, description="None, to have no variant show it")]
