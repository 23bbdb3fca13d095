"""What settings/ refuses before any module is asked: modules take these values as they are."""

from __future__ import annotations

import shutil

import pytest

from deploy import TERRAFORM
from deploy.tests.double.run import offline

pytestmark = pytest.mark.terraform

# {what: (file, a sound line's part, the same broken, a word of the refusal)}
WRONG = {
    "an account without its zeros": ("organisation.tf", '"333333333333"', '"33333333333"', "twelve digits"),
    "a city for a region": ("organisation.tf", '= "eu-central-1"', '= "Frankfurt"', "id of an AWS region"),
    "a name too long for a node group": ("organisation.tf", '= "mercat"', '= "mercat-of-the-north-sea"', "3 to 29"),
    "a name in capitals": ("organisation.tf", '= "mercat"', '= "Mercat"', "3 to 29"),
    "logs for ten days": ("environments.tf", "90, production = 365", "90, production = 10", "log_days is"),
    "secrets gone at once": (
        "environments.tf",
        "secret_days       = {",
        "secret_days = { production = 0 } #",
        "secret_days",
    ),
    "no domain": ("organisation.tf", 'production = "shop.example.com"', "production = null", "plain HTTP"),
}


@pytest.fixture(scope="module")
def terraform():
    with offline() as program:
        yield program


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_value_is_refused_for_its_reason(terraform, tmp_path, what):
    name, sound, broken, word = WRONG[what]
    folder = tmp_path / "settings"
    shutil.copytree(TERRAFORM / "settings", folder, ignore=shutil.ignore_patterns(".terraform*", "tests"))
    text = (folder / name).read_text()
    assert sound in text, "the settings have changed, this test must follow"
    (folder / name).write_text(text.replace(sound, broken, 1))
    assert terraform(folder, "init").status == 0
    done = terraform(folder, "plan", "-var=environment=production")
    assert done.status != 0
    assert word in " ".join(done.text.replace("│", " ").split())
