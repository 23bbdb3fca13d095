"""Each fault that is put into a small site is complained of, with its file and line."""

import shutil

import pytest

from chassis.testing.skipping import skip_without
from tools.documents import building, generated, marked, navigation, orphans, readers, repeats, sources
from tools.gates import links, tree
from tools.gates.tests.seeded import checkout, put

HOME = "# Home\n\nFor everyone: all.\n\n[a page](page.md), [its part](page.md#a-part), [code](../code/README.md)\n"
PAGE = "# A page\n\nFor operators: what it is about.\n\n## A part\n\nWords.\n"
CODE = "What the folder is for: [its only file](only.py), [the home](../docs/README.md)\n"
FILES = {
    "README.md": "# The shop\n\n[documents](docs/README.md)\n",
    "docs/README.md": HOME,
    "docs/page.md": PAGE,
    "code/README.md": CODE,
    "code/only.py": "",
    ".gitignore": ".venv\nbuilt/\n",
}
SENTENCE = "The gate of the market opens at seven in the morning and closes late in the evening."


@pytest.fixture
def site(tmp_path):
    return checkout(tmp_path / "site", FILES)


def test_a_site_without_a_fault_passes(site):
    assert [*links.dead(site), *readers.complaints(site), *repeats.complaints(site), *orphans.complaints(site)] == []


def test_a_page_without_its_readers_or_its_title_is_named(site):
    put(site, {"docs/page.md": "# A page\n\nWhat it is about.\n", "docs/other.md": "For operators: no title.\n"})
    assert readers.complaints(site) == [
        "docs/other.md:1: begin the page with its title: `# Title`",
        "docs/page.md:3: say below the title for whom the page is: `For <readers>: <what it gives them>.`",
    ]


def test_runbooks_and_decisions_have_their_readers_in_their_readme(site):
    put(site, {"docs/runbooks/Full.md": "# Full\n\nWhat it says.\n", "docs/runbooks/README.md": "# Runbooks\n\nAll.\n"})
    assert [each.split(":")[0] for each in readers.complaints(site)] == ["docs/runbooks/README.md"]


def test_a_page_that_no_link_leads_to_is_named(site):
    put(site, {"docs/lost.md": "# Lost\n\nFor everyone: [nothing](page.md).\n"})
    assert [each.split(":")[0] for each in orphans.complaints(site)] == ["docs/lost.md"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{SENTENCE}\n", f"Before it. **{SENTENCE}**\n"),
        (f"- {SENTENCE}\n", f"| when | what |\n| --- | --- |\n| daily | {SENTENCE} |\n"),
        ("```sh\nmake up\nmake down\n```\n", "```sh\nmake up\nmake down\n```\n"),
    ],
)
def test_what_two_pages_say_is_named_with_both_lines(site, one, other):
    put(site, {"docs/page.md": f"{PAGE}\n{one}", "docs/other.md": f"# Other\n\nFor everyone: what.\n\n{other}"})
    (complaint,) = repeats.complaints(site)
    assert complaint.startswith("docs/page.md:9: docs/other.md:")


def test_what_is_said_on_purpose_or_made_from_one_source_is_no_repeat(site):
    made = "\nMade from the code by `make docs ARGS=--write`.\n\n"
    part = f"<!-- parts: make docs ARGS=--write -->\n{SENTENCE}\n<!-- parts end -->\n"
    put(site, {"docs/runbooks/A.md": f"# A\n\n{SENTENCE}\n", "docs/runbooks/B.md": f"# B\n\n{SENTENCE}\n"})
    put(site, {"docs/a.md": f"# A\n{made}{SENTENCE}\n", "docs/b.md": f"# B\n{made}{SENTENCE}\n"})
    put(site, {"docs/page.md": f"{PAGE}\n{part}\n```sh\nmake up\n```\n", "docs/c.md": "# C\n\n```sh\nmake up\n```\n"})
    assert repeats.complaints(site) == []


def test_a_page_that_its_generator_makes_otherwise_is_stale(site):
    texts = {"docs/page.md": PAGE.replace("Words", "Other words"), "docs/new.md": "# New\n"}
    complaints = generated.stale(site, texts)
    assert [each.split(": ")[0] for each in complaints] == ["docs/page.md:7", "docs/new.md:1"]
    put(site, texts)
    assert generated.stale(site, texts) == []


def test_a_place_for_what_is_made_must_be_there():
    with pytest.raises(ValueError, match="parts"):
        marked.replaced(PAGE, "parts", "x")


def test_the_order_of_a_folder_is_that_of_its_readme():
    texts = {
        "README.md": HOME,
        "page.md": PAGE,
        "aws/README.md": "# AWS\n\n[two](two.md) [one](one.md)\n",
        "aws/one.md": "# One\n",
        "aws/two.md": "# Two\n",
        "new/a.md": "# A\n",
        "code/shop/README.md": "The shop.\n",
    }
    assert navigation.ordered(texts) == [
        {"Start": ["README.md"]},
        {"Operate": ["page.md", {"AWS": ["aws/README.md", "aws/two.md", "aws/one.md"]}]},
        {"New": ["new/a.md"]},
        {"Code": [{"shop": "code/shop/README.md"}]},
    ]


def test_links_lead_to_pages_of_the_site_or_to_the_repository(site):
    there = sources.pages(site)
    told = sources.relinked(CODE, "code/README.md", there, site, "https://example.com/shop/")
    assert told == CODE.replace("only.py", "https://example.com/shop/blob/main/code/only.py").replace(
        "../docs/README.md", "../../README.md"
    )
    told = sources.relinked("[a](../code) `[b](../code)`", "docs/page.md", there, site, "https://example.com/shop")
    assert told == "[a](code/code/README.md) `[b](../code)`"


def test_mkdocs_refuses_a_dead_link_and_a_dead_heading(site):
    if lack := building.missing(tree.ROOT):
        skip_without("mkdocs", lack)
    for name in tree.files(
        tree.ROOT, "mkdocs.yml", "docs/assets/*", "tools/documents/*", "tools/gates/*.py", "tools/*.py"
    ):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tree.ROOT / name, site / name)
    shutil.rmtree(site / "tools" / "documents" / "tests")
    (site / ".venv").symlink_to(tree.ROOT / ".venv")
    put(site, {"docs/page.md": f"{PAGE}\n[gone](gone.md)\n\n[no part](README.md#gone)\n"})
    complaints = building.build(site, site / "built")
    assert [each.split(": ")[0] for each in complaints] == ["docs/page.md:9", "docs/page.md:11"], complaints
