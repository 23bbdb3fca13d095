from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from mercat.installation import CommandError
from mercat.installation import installation as installations
from mercat.installation.installation import MAX_OFFSET, PORTS, locate, read_dotenv


def test_offset_is_added_to_ports(installation):
    moved = replace(installation, offset=200)
    assert moved.port("http") == 8280
    assert moved.url("portal") == "http://127.0.0.1:8206"
    assert moved.public_url == "http://localhost:8280"


def test_public_url_is_that_of_the_user_if_set(installation):
    assert (
        replace(installation, user_settings={"PUBLIC_URL": "https://shop.example/"}).public_url
        == "https://shop.example"
    )


def test_folders_are_made_private(installation):
    installation.state.chmod(0o755)
    installation.make_folders()
    for folder in (
        installation.state,
        installation.run,
        installation.keys,
        installation.logs,
        installation.mail,
        installation.certificates,
    ):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_another_user_is_refused(installation, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(CommandError, match=r"belongs to another user.*MERCAT_STATE"):
        installation.make_folders()


def test_a_folder_that_cannot_be_made_is_named(installation, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="cannot be used"):
        replace(installation, state=tmp_path / "file" / "state").make_folders()


def test_symbolic_link_as_state_folder_is_refused(installation, tmp_path):
    (tmp_path / "link").symlink_to(installation.state)
    with pytest.raises(CommandError, match="belongs to another user"):
        replace(installation, state=tmp_path / "link").make_folders()


@pytest.mark.parametrize("name", ["x" * 120, "with, comma", 'with "quote'])
def test_sockets_are_in_tmp_if_the_path_is_too_long(installation, tmp_path, name):
    other = replace(installation, state=tmp_path / name)
    assert len(str(other.sockets)) < 84
    assert other.sockets != other.run
    other.make_folders()
    assert stat.S_IMODE(other.sockets.stat().st_mode) == 0o700
    other.sockets.rmdir()


def test_path_with_a_space_is_used_for_sockets(installation):
    near = replace(installation, state=Path("/srv/my store"))
    assert near.sockets == Path("/srv/my store/run")


def test_two_states_never_share_sockets(installation, tmp_path):
    one, other = (replace(installation, state=tmp_path / (letter * 120)) for letter in "ab")
    assert one.sockets != other.sockets


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in ("MERCAT_STATE", "MERCAT_PORT_OFFSET", "MERCAT_RESTART_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(installations, "read_dotenv", lambda path: read_dotenv(tmp_path / ".env"))
    return monkeypatch


def test_state_is_in_the_project_by_default(environment, tmp_path):
    assert locate().state == locate().root / ".mercat"
    environment.setenv("MERCAT_STATE", str(tmp_path / "elsewhere"))
    assert locate().state == tmp_path / "elsewhere"


def test_option_overrides_environment_and_environment_overrides_dotenv(environment, tmp_path):
    (tmp_path / ".env").write_text("MERCAT_PORT_OFFSET=10\n")
    assert locate().offset == 10
    environment.setenv("MERCAT_PORT_OFFSET", "20")
    assert locate().offset == 20
    assert locate(offset=30).offset == 30


@pytest.mark.parametrize("text", ["a few", "1.5", "-1", str(MAX_OFFSET + 1)])
def test_invalid_offset_is_refused(environment, text):
    environment.setenv("MERCAT_PORT_OFFSET", text)
    with pytest.raises(CommandError, match=r"offset|whole number"):
        locate()


def test_restart_seconds_are_read_from_dotenv_too(environment, tmp_path):
    assert locate().restart_seconds == 10
    (tmp_path / ".env").write_text("MERCAT_RESTART_SECONDS=0.5\n")
    assert locate().restart_seconds == 0.5


@pytest.mark.parametrize("text", ["soon", "nan", "-1", "0", "1e9"])
def test_invalid_restart_seconds_are_refused(environment, text):
    environment.setenv("MERCAT_RESTART_SECONDS", text)
    with pytest.raises(CommandError, match="MERCAT_RESTART_SECONDS"):
        locate()


def test_all_ports_are_below_the_ephemeral_range():
    """Linux gives those from 32768 on."""
    assert max(PORTS.values()) + MAX_OFFSET == 32_767


@pytest.mark.parametrize("number", [0, -1, 9])
def test_number_of_replicas_is_bounded(environment, number):
    with pytest.raises(CommandError, match="--replicas"):
        locate(replicas=number)


def test_dotenv_file_with_comments_quotes_and_export_is_read(tmp_path):
    path = tmp_path / ".env"
    path.write_text(
        "# a comment\n\nexport PLAIN=one\nSPACED = two \nQUOTED='a # b'\nDOUBLE=\"c=d\"\nREMARK=x # why\n"
        "EMPTY=\nnot a setting\n=nothing\n9BAD=1\nURL=postgresql://u:p@h/d?x=1\n"
    )
    assert read_dotenv(path) == {
        "PLAIN": "one",
        "SPACED": "two",
        "QUOTED": "a # b",
        "DOUBLE": "c=d",
        "REMARK": "x",
        "EMPTY": "",
        "URL": "postgresql://u:p@h/d?x=1",
    }
    assert read_dotenv(tmp_path / "none") == {}


def test_dotenv_file_with_bom_and_crlf_is_read(tmp_path):
    path = tmp_path / ".env"
    path.write_bytes(b"\xef\xbb\xbfCURRENCY=\"USD\" # dollars\r\nSTAFF_EMAIL='it''s' # o'clock\r\n")
    assert read_dotenv(path) == {"CURRENCY": "USD", "STAFF_EMAIL": "it''s"}
    path.write_bytes(b"CURRENCY=\xff\n")
    with pytest.raises(CommandError, match=r"\.env cannot be read: .* UTF-8"):
        read_dotenv(path)
