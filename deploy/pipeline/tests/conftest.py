from __future__ import annotations

import pytest

from deploy.pipeline.tests.stand_ins import Known, programs


@pytest.fixture
def known(tmp_path, monkeypatch) -> Known:
    return programs(tmp_path, monkeypatch)
