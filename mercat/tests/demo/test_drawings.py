from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mercat.data.demo_shop import FILES

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "defs", "clipPath", "linearGradient", "stop", "g", "path", "circle", "use"}
DRAWINGS = sorted(FILES.glob("*.svg"))


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_is_a_small_image_without_script_style_or_external_reference(drawing: Path) -> None:
    svg = drawing.read_text(encoding="utf-8")
    assert len(svg.encode()) <= 40_000
    root = ET.fromstring(svg)  # nosec B314 -- our own drawings
    assert root.get("viewBox") == "0 0 1600 2000"
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    for element in root.iter():
        assert not any(name.lower().startswith("on") or name == "style" for name in element.attrib)
        assert not any("://" in value or re.search(r"url\((?!#)", value) for value in element.attrib.values())
        assert (element.get("href") or "#").startswith("#")
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', svg)) <= set(re.findall(r' id="([^"]+)"', svg))


def test_all_drawings_are_different() -> None:
    assert len({path.read_bytes() for path in DRAWINGS}) == len(DRAWINGS) == 40
