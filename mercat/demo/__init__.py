"""The demo shop: forty prints drawn by code, deterministic, without network."""

from __future__ import annotations

from mercat.demo.files import write
from mercat.demo.model import Palette, Product, Variant, Work
from mercat.demo.products import products
from mercat.demo.works import draw, works

__all__ = ["Palette", "Product", "Variant", "Work", "draw", "products", "works", "write"]
