"""Which image a commit has, and how it gets into the next registry: never built anew, never another one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from deploy.charts import helm
from deploy.pipeline import registries, signatures
from deploy.pipeline.digest import HELD, LEFT_OUT, built
from deploy.pipeline.images import bases
from deploy.pipeline.promote import promote
from deploy.refusal import Refusal

DIGEST, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
DEVELOPMENT, STAGING, PRODUCTION = "111111111111", "222222222222", "333333333333"
SIGNER = f"https://github.com/example/mercat/{signatures.WORKFLOW}"


@pytest.fixture
def commits(tmp_path, monkeypatch):
    """Makes a commit that changes a file; the commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    named = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "init", "-q", "-b", "main"], check=True)

    def commit(name: str) -> str:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path.read_text() if path.exists() else ''}changed\n")
        subprocess.run(["git", "add", "--all"], check=True)
        subprocess.run(["git", *named, "commit", "-q", "-m", "Change"], check=True)
        done = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return commit


def test_commit_that_was_built_has_its_own_image(known, commits):
    commit = commits("services/catalog/app.py")
    known.set(registries={DEVELOPMENT: {commit: DIGEST}})
    assert built("development", "HEAD") == (commit, DIGEST)


def test_commit_of_documents_has_the_image_before_it(known, commits):
    code = commits("services/catalog/app.py")
    for name in ("docs/concepts/limits.md", "services/catalog/tests/test_app.py", "chassis/testing/plugin.py"):
        commits(name)
    known.set(registries={DEVELOPMENT: {code: DIGEST}})
    assert built("development", "HEAD") == (code, DIGEST)


@pytest.mark.parametrize("name", ["chassis/web/app.py", "requirements/image.txt", "web/storefront/js/main.js"])
def test_commit_whose_build_failed_has_none_and_an_older_one_is_not_taken(known, commits, name):
    known.set(registries={DEVELOPMENT: {commits("services/catalog/app.py"): DIGEST}})
    commits(name)
    with pytest.raises(Refusal, match="never built anew"):
        built("development", "HEAD")


def test_registry_that_refuses_is_no_missing_image(known, commits):
    commits("services/catalog/app.py")
    with pytest.raises(Refusal, match=r"cannot be asked.*AccessDenied"):
        built("development", "HEAD")
    with pytest.raises(Refusal, match="is no commit"):
        built("development", "nothing")


def test_what_an_image_holds_is_what_its_build_copies():
    build = (helm.ROOT / "deploy" / "images" / "build.sh").read_text()
    (copied,) = re.findall(r'git archive "\$revision" -- (.*?) \|', build, re.DOTALL)
    assert copied.replace("\\\n", " ").replace("'", "").split() == [*HELD, *LEFT_OUT]


def test_image_is_copied_to_the_next_registry_and_only_once(known, commits):
    commit = commits("services/catalog/app.py")
    known.set(registries={DEVELOPMENT: {commit: DIGEST}, STAGING: {}}, signatures={DIGEST: SIGNER})
    assert promote("staging", commit) == DIGEST
    assert known["registries"][STAGING] == {commit: DIGEST}
    assert promote("staging", commit) == DIGEST
    assert len([each for each in known.called("cosign") if each[0] == "copy"]) == 1
    assert {each[1] for each in known.called("cosign") if each[0] == "login"} == {
        registries.host("development"),
        registries.host("staging"),
    }


@pytest.mark.parametrize("signer", [None, SIGNER.replace("main", "change"), SIGNER.replace("images", "pull-request")])
def test_image_that_somebody_else_signed_goes_nowhere(known, commits, signer):
    commit = commits("services/catalog/app.py")
    known.set(registries={STAGING: {commit: DIGEST}, PRODUCTION: {}}, signatures={DIGEST: signer})
    with pytest.raises(Refusal, match="no matching signatures"):
        promote("production", commit)
    assert known["registries"][PRODUCTION] == {}


def test_tag_of_another_image_and_a_copy_that_is_another_are_refused(known, commits):
    commit = commits("services/catalog/app.py")
    signed = {DIGEST: SIGNER, OTHER: SIGNER}
    known.set(registries={STAGING: {commit: DIGEST}, PRODUCTION: {commit: OTHER}}, signatures=signed)
    with pytest.raises(Refusal, match="look who pushed it"):
        promote("production", commit)
    known.set(registries={STAGING: {commit: DIGEST}, PRODUCTION: {}}, copied=OTHER)
    with pytest.raises(Refusal, match="after the copy"):
        promote("production", commit)


def test_development_is_where_images_come_from():
    assert [registries.before(each) for each in ("staging", "production")] == ["development", "staging"]
    with pytest.raises(Refusal, match="promoted from nowhere"):
        registries.before("development")
    with pytest.raises(Refusal, match="no environment"):
        registries.account("prod")
    assert registries.address("staging") == f"{STAGING}.dkr.ecr.eu-central-1.amazonaws.com/mercat/services"


def test_every_image_has_a_base_with_a_digest():
    assert set(bases()) == {"services", "services-build"}
