"""How many bytes a page loads before it works, compressed as they are sent."""

from __future__ import annotations

import pytest

from pages.assets.files import STYLES, Assets, load
from pages.settings import PagesSettings

MOST_SCRIPTS, MOST_STYLES = 45_000, 15_000


@pytest.fixture(scope="module")
def assets() -> Assets:
    return load(PagesSettings.model_fields["storefront_dir"].default)


def sent(assets: Assets, name: str) -> int:
    file = assets.files[name]
    return len(file.small or file.body)


def test_scripts_of_every_page_and_their_texts_are_small(assets):
    texts = max(sent(assets, name) for name in assets.files if name.startswith("texts/"))
    sizes = {page: sum(sent(assets, module) for module in modules) + texts for page, modules in assets.modules.items()}
    assert len(sizes) > 20
    assert {page: size for page, size in sizes.items() if size > MOST_SCRIPTS} == {}


def test_styles_are_one_small_file(assets):
    assert sent(assets, STYLES) <= MOST_STYLES
