from __future__ import annotations

import shlex

import pytest

from mercat import certificates, trust
from mercat.refusal import Refusal


@pytest.fixture
def machine(store, tmp_path, monkeypatch):
    """A machine with one watched folder of authorities and one Chromium store; its programs write down their calls."""
    anchors, home, programs = tmp_path / "anchors", tmp_path / "home", tmp_path / "programs"
    for folder in (anchors, home / ".pki" / "nssdb", programs):
        folder.mkdir(parents=True)
    (home / ".pki" / "nssdb" / "cert9.db").touch()
    for name in ("update-ca-certificates", "certutil"):
        (programs / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {shlex.quote(str(tmp_path / "calls"))}\n')
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(trust, "_ANCHORS", ((anchors, ["update-ca-certificates"]),))
    monkeypatch.setattr("mercat.store._private", lambda folder: None)  # the folder is ours, whoever we play
    return tmp_path


def calls(machine) -> list[str]:
    path = machine / "calls"
    return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def as_root(machine, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return machine


def test_the_authority_is_put_where_the_system_and_the_browser_look(store, as_root, capsys):
    trust.trust(store, remove=False)
    authority = store.certificates / "authority.pem"
    target = as_root / "anchors" / f"{trust.name(authority)}.crt"
    assert target.read_bytes() == authority.read_bytes()
    assert calls(as_root) == [
        "update-ca-certificates",
        f"certutil -A -d sql:{as_root}/home/.pki/nssdb -n {trust.name(authority)} -t C,, -i {authority}",
    ]
    assert "Trusted by the system." in capsys.readouterr().out


def test_it_can_be_undone(store, as_root):
    trust.trust(store, remove=False)
    trust.trust(store, remove=True)
    assert list((as_root / "anchors").iterdir()) == []
    assert calls(as_root)[2] == "update-ca-certificates --fresh"
    assert " -D " in calls(as_root)[3]


def test_without_the_right_it_says_what_to_do_and_changes_nothing_of_the_system(store, machine, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 4711)
    with pytest.raises(Refusal) as refusal:
        trust.trust(store, remove=False)
    assert "sudo install -m 0644" in str(refusal.value)
    assert "sudo update-ca-certificates" in str(refusal.value)
    assert list((machine / "anchors").iterdir()) == []


def test_a_machine_that_knows_no_authorities_gets_told_by_hand(store, as_root, monkeypatch):
    monkeypatch.setattr(trust, "_ANCHORS", ())
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Refusal, match=r"By hand: import .*authority\.pem"):
        trust.trust(store, remove=False)


def test_without_certutil_the_browsers_are_mentioned(store, as_root, capsys):
    (as_root / "programs" / "certutil").unlink()
    trust.trust(store, remove=False)
    assert "libnss3-tools" in capsys.readouterr().out


def test_macos_has_its_keychain(store, as_root, monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    certificates.ensure(store.certificates)
    (step, *_) = trust.steps(store.certificates / "authority.pem", remove=False)
    assert step.argv[:2] == ["security", "add-trusted-cert"]
    (step, *_) = trust.steps(store.certificates / "authority.pem", remove=True)
    assert step.argv[:2] == ["security", "remove-trusted-cert"]


def test_two_stores_have_two_names(store, tmp_path):
    certificates.ensure(store.certificates)
    other = tmp_path / "other"
    other.mkdir()
    certificates.ensure(other)
    assert trust.name(store.certificates / "authority.pem") != trust.name(other / "authority.pem")
