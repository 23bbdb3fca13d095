"""What an import reads (a Shopify export, the demo shop) as products to be."""

from __future__ import annotations

from catalog.domain.products import MediaDraft, ProductDraft, VariantDraft
from catalog.shopify import Export, ImportedProduct, ImportedVariant


def from_export(export: Export) -> list[ProductDraft]:
    """The products of a Shopify export, in its order."""
    damaged = {problem.handle for problem in export.problems if problem.severity == "refused"}
    # A row that could not be given to any product may have belonged to each of them.
    lost = "" in damaged
    return [_product(product, whole=not lost and product.handle not in damaged) for product in export.products]


def _product(product: ImportedProduct, *, whole: bool) -> ProductDraft:
    media = {image.url: MediaDraft(source_url=image.url, alt=image.alt) for image in product.images}
    return ProductDraft(
        slug=product.handle,
        title=product.title,
        description_html=product.description_html,
        vendor=product.vendor,
        product_type=product.product_type,
        tags=tuple(product.tags),
        options=tuple(product.options),
        status=product.status,
        media=tuple(media.values()),
        variants=tuple(_variant(variant) for variant in product.variants),
        whole=whole,
    )


def _variant(variant: ImportedVariant) -> VariantDraft:
    return VariantDraft(
        sku=variant.sku,
        option_values=tuple(variant.option_values),
        price=variant.price,
        compare_at=variant.compare_at_price,
        weight_grams=variant.weight_grams,
        barcode=variant.barcode,
        requires_shipping=variant.requires_shipping,
        taxable=variant.taxable,
        tracked=variant.tracked,
        backorder=variant.backorder,
        quantity=_on_shelf(variant),
        image=variant.image_url,
        row=variant.row,
    )


def _on_shelf(variant: ImportedVariant) -> int | None:
    """Fewer than none can only be where Shopify sells on without stock."""
    if variant.quantity is None or variant.backorder:
        return variant.quantity
    return max(variant.quantity, 0)
