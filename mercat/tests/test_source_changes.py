from __future__ import annotations

from mercat.config import source_changes


def test_fingerprint_ignores_files_that_a_process_does_not_read(tmp_path):
    code = tmp_path / "shop"
    (code / "tests").mkdir(parents=True)
    (code / "app.py").write_text("one = 1\n")
    before = source_changes.fingerprint([code, tmp_path / "none"])
    for name in ("tests/test_app.py", ".app.py.swp", "app.pyc", "README.md"):
        (code / name).write_text("x")
    assert source_changes.fingerprint([code, tmp_path / "none"]) == before
    (code / "more.py").write_text("two = 2\n")
    assert source_changes.fingerprint([code, tmp_path / "none"]) != before


def test_changed_files_are_listed(tmp_path):
    (tmp_path / "one.py").write_text("1")
    (tmp_path / "two.py").write_text("2")
    before = source_changes.snapshot([tmp_path])
    (tmp_path / "one.py").unlink()
    (tmp_path / "two.py").write_text("22")
    (tmp_path / "three.py").write_text("3")
    names = [path.name for path in source_changes.changed_files(before, source_changes.snapshot([tmp_path]))]
    assert names == ["one.py", "three.py", "two.py"]


def test_syntax_errors_have_file_and_line(tmp_path):
    (tmp_path / "good.py").write_text("one = 1\n")
    (tmp_path / "bad.py").write_text("one = 1\ndef (\n")
    (found,) = source_changes.syntax_errors([tmp_path])
    assert found.startswith(f"  {tmp_path / 'bad.py'}:2: ")
