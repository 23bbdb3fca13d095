"""How the pages reach their bucket: what is loaded meanwhile finds all that it names."""

from __future__ import annotations

import pytest

from deploy.pipeline import pages
from deploy.platform import render as samples
from deploy.refusal import Refusal

HANDOVER = samples.handover("development")


def test_files_come_before_the_page_that_names_them_and_old_ones_go_last(known):
    known.set(handover=HANDOVER)
    pages.upload("development")
    bucket = f"s3://{HANDOVER['buckets']['web']}"
    files, index, deleted, anew = [each for each in known.called("aws") if each[0] != "ssm"]
    assert (files[:2], files[3]) == (["s3", "sync"], bucket)
    assert files[-2:] == ["--exclude", "index.html"]
    assert (index[:2], index[3]) == (["s3", "cp"], f"{bucket}/index.html")
    assert (deleted[:2], deleted[3], deleted[-1]) == (["s3", "sync"], bucket, "--delete")
    assert "--delete" not in files
    assert anew[:4] == ["cloudfront", "create-invalidation", "--distribution-id", HANDOVER["distribution_id"]]


def test_environment_without_a_bucket_is_refused_and_nothing_is_uploaded(known):
    known.set(handover={**HANDOVER, "buckets": {}})
    with pytest.raises(Refusal, match="no bucket for pages"):
        pages.upload("development")
    assert [each[0] for each in known.called("aws")] == ["ssm"]
