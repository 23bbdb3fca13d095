from __future__ import annotations

from mercat import sources


def test_a_footprint_is_of_what_a_process_reads(tmp_path):
    code = tmp_path / "shop"
    (code / "tests").mkdir(parents=True)
    (code / "app.py").write_text("one = 1\n")
    before = sources.footprint([code, tmp_path / "none"])
    for name in ("tests/test_app.py", ".app.py.swp", "app.pyc", "README.md"):
        (code / name).write_text("x")
    assert sources.footprint([code, tmp_path / "none"]) == before
    (code / "more.py").write_text("two = 2\n")
    assert sources.footprint([code, tmp_path / "none"]) != before


def test_changes_are_told_by_file(tmp_path):
    (tmp_path / "one.py").write_text("1")
    (tmp_path / "two.py").write_text("2")
    before = sources.look([tmp_path])
    (tmp_path / "one.py").unlink()
    (tmp_path / "two.py").write_text("22")
    (tmp_path / "three.py").write_text("3")
    names = [path.name for path in sources.differences(before, sources.look([tmp_path]))]
    assert names == ["one.py", "three.py", "two.py"]


def test_what_python_cannot_read_is_told_with_its_line(tmp_path):
    (tmp_path / "good.py").write_text("one = 1\n")
    (tmp_path / "bad.py").write_text("one = 1\ndef (\n")
    (found,) = sources.syntax_errors([tmp_path])
    assert found.startswith(f"  {tmp_path / 'bad.py'}:2: ")
