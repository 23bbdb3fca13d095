"""What an import reads (a Shopify export, the demo shop) as products to be."""

from __future__ import annotations

from catalog.domain.products import MediaDraft, ProductDraft, VariantDraft
from catalog.shopify import Export, ImportedProduct, ImportedVariant
from catalog.shopify.skus import derive_sku


def from_export(export: Export) -> list[ProductDraft]:
    """The products of a Shopify export, in its order."""
    damaged = {problem.handle for problem in export.problems if problem.severity == "refused"}
    # A row that could not be given to any product may have belonged to each of them.
    lost = "" in damaged
    return [
        _product(product, whole=product.whole and not lost and product.handle not in damaged)
        for product in export.products
    ]


def of_line(slug: str, lines: list[ImportedVariant]) -> ProductDraft:
    """Variants of a product that is here, by their SKUs; nothing else of it is given."""
    variants = tuple(_variant(slug, line) for line in lines)
    rows = tuple(line.row for line in lines)
    return ProductDraft(
        slug=slug,
        title="",
        description_html="",
        vendor="",
        product_type="",
        tags=(),
        options=(),
        status="draft",
        media=(),
        variants=variants,
        whole=False,
        rows=rows,
        given=frozenset(),
    )


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
        variants=tuple(_variant(product.handle, variant) for variant in product.variants),
        whole=whole,
        hidden=product.hidden,
        named=product.named,
        rows=(product.row, *(row for row in product.source_rows if row != product.row)),
        given=product.given,
        slug_made=product.handle_made,
    )


def _variant(slug: str, variant: ImportedVariant) -> VariantDraft:
    return VariantDraft(
        sku=variant.given_sku,
        option_values=tuple(variant.option_values),
        price=variant.price,
        compare_at=variant.compare_at_price,
        weight_grams=variant.weight_grams,
        barcode=variant.barcode,
        requires_shipping=variant.requires_shipping,
        taxable=variant.taxable,
        tracked=variant.tracked,
        backorder=variant.backorder,
        quantity=variant.quantity,
        image=variant.image_url,
        row=variant.row,
        derived_sku=variant.sku if variant.sku_derived else derive_sku(slug, variant.option_values),
        shared=variant.shared,
        given=variant.given,
    )
