from __future__ import annotations

import shlex

import pytest

from mercat.commands import trust
from mercat.edge import certificates
from mercat.installation import CommandError


@pytest.fixture
def machine(installation, tmp_path, monkeypatch):
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
    monkeypatch.setattr(
        "mercat.installation.installation._require_private", lambda folder: None
    )  # the folder is ours, whoever we play
    return tmp_path


def calls(machine) -> list[str]:
    path = machine / "calls"
    return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def as_root(machine, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return machine


def test_authority_is_added_to_system_and_browser_stores(installation, as_root, capsys):
    trust.trust(installation, remove=False)
    authority = installation.certificates / "authority.pem"
    target = as_root / "anchors" / f"{trust.authority_name(authority)}.crt"
    assert target.read_bytes() == authority.read_bytes()
    assert calls(as_root) == [
        "update-ca-certificates",
        f"certutil -A -d sql:{as_root}/home/.pki/nssdb -n {trust.authority_name(authority)} -t C,, -i {authority}",
    ]
    assert "Trusted by the system." in capsys.readouterr().out


def test_authority_is_removed(installation, as_root):
    trust.trust(installation, remove=False)
    trust.trust(installation, remove=True)
    assert list((as_root / "anchors").iterdir()) == []
    assert calls(as_root)[2] == "update-ca-certificates --fresh"
    assert " -D " in calls(as_root)[3]


def test_without_root_rights_the_commands_are_printed(installation, machine, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 4711)
    with pytest.raises(CommandError) as error:
        trust.trust(installation, remove=False)
    assert "sudo install -m 0644" in str(error.value)
    assert "sudo update-ca-certificates" in str(error.value)
    assert list((machine / "anchors").iterdir()) == []


def test_without_trust_stores_the_user_must_import_by_hand(installation, as_root, monkeypatch):
    monkeypatch.setattr(trust, "_ANCHORS", ())
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CommandError, match=r"By hand: import .*authority\.pem"):
        trust.trust(installation, remove=False)


def test_without_certutil_the_browsers_must_be_set_up_by_hand(installation, as_root, capsys):
    (as_root / "programs" / "certutil").unlink()
    trust.trust(installation, remove=False)
    assert "libnss3-tools" in capsys.readouterr().out


def test_macos_uses_its_keychain(installation, as_root, monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    certificates.ensure(installation.certificates)
    (step, *_) = trust.trust_steps(installation.certificates / "authority.pem", remove=False)
    assert step.argv[:2] == ["security", "add-trusted-cert"]
    (step, *_) = trust.trust_steps(installation.certificates / "authority.pem", remove=True)
    assert step.argv[:2] == ["security", "remove-trusted-cert"]


def test_authorities_of_two_installations_have_different_names(installation, tmp_path):
    certificates.ensure(installation.certificates)
    other = tmp_path / "other"
    other.mkdir()
    certificates.ensure(other)
    assert trust.authority_name(installation.certificates / "authority.pem") != trust.authority_name(
        other / "authority.pem"
    )
