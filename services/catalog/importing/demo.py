"""Reads the demo shop: a JSON list of products, and its images as files in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec.structs import asdict

from catalog.importing.model import MediaDraft, ProductDraft, VariantDraft
from catalog.importing.shopify import sanitise_html
from catalog.media import MediaObjects, content_type

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=999_999_999_999)]


class DemoVariant(msgspec.Struct, frozen=True):
    """A variant of the demo shop. Amounts in minor units."""

    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    option_values: Annotated[tuple[Text, ...], msgspec.Meta(max_length=3)]
    price: Amount
    quantity: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
    compare_at: Amount | None = msgspec.field(default=None, name="compare_at_price")
    weight_grams: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] | None = None


class DemoProduct(msgspec.Struct, frozen=True):
    """A product of the demo shop. `image` is the name of a file in the folder of images."""

    handle: Annotated[str, msgspec.Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=200)]
    title: Text
    description_html: Annotated[str, msgspec.Meta(max_length=100_000)]
    vendor: str
    product_type: str
    tags: tuple[Text, ...]
    options: Annotated[tuple[Text, ...], msgspec.Meta(max_length=3)]
    image: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
    variants: Annotated[list[DemoVariant], msgspec.Meta(min_length=1, max_length=2048)]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


def read_demo(data: bytes) -> list[DemoProduct]:
    """The products of a demo file.

    Raises:
        msgspec.MsgspecError: the file is invalid; the message names the place.
    """
    products = msgspec.json.decode(data, type=list[DemoProduct])
    for what, names in (
        ("handle", [product.handle for product in products]),
        ("sku", [variant.sku for product in products for variant in product.variants]),
    ):
        if len(set(names)) < len(names):
            raise msgspec.ValidationError(f"the same {what} occurs twice")
    return products


async def to_draft(product: DemoProduct, folder: Path, media: MediaObjects) -> ProductDraft:
    """The draft of a product; its image is stored in `media`.

    Raises:
        OSError: the image file is missing. NotAnImage: it is no image.
    """
    content = (folder / product.image).read_bytes()
    kind = content_type(content)
    image = MediaDraft(digest=await media.put(content), content_type=kind, alt=product.title)
    description, _ = sanitise_html(product.description_html)
    return ProductDraft(
        slug=product.handle,
        title=product.title,
        description_html=description,
        vendor=product.vendor,
        product_type=product.product_type,
        tags=product.tags,
        options=product.options,
        status="active",
        media=(image,),
        variants=tuple(VariantDraft(**asdict(variant)) for variant in product.variants),
    )
