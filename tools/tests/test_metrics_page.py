from __future__ import annotations

from tools import metrics_page


def test_the_page_of_metrics_is_that_of_the_code():
    wrong = "docs/metrics.md is not that of the code: run `python -m tools.metrics_page`"
    assert metrics_page.PAGE.read_text() == metrics_page.page(), wrong
