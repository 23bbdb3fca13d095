from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from mercat import store as stores
from mercat.refusal import Refusal
from mercat.store import MAX_OFFSET, PORTS, locate, read_dotenv


def test_ports_move_by_the_offset(store):
    moved = replace(store, offset=200)
    assert moved.port("http") == 8280
    assert moved.url("portal") == "http://127.0.0.1:8206"
    assert moved.public_url == "http://localhost:8280"


def test_the_public_url_is_the_persons_if_given(store):
    assert replace(store, person={"PUBLIC_URL": "https://shop.example/"}).public_url == "https://shop.example"


def test_its_folders_are_closed_to_others_also_when_they_were_not(store):
    store.state.chmod(0o755)
    store.make_folders()
    for folder in (store.state, store.run, store.keys, store.logs, store.mail, store.certificates):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_another_user_is_refused(store, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(Refusal, match=r"belongs to another user.*MERCAT_STATE"):
        store.make_folders()


def test_a_folder_that_cannot_be_made_is_named(store, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Refusal, match="cannot be used"):
        replace(store, state=tmp_path / "file" / "state").make_folders()


def test_a_link_in_place_of_the_folder_is_refused(store, tmp_path):
    (tmp_path / "link").symlink_to(store.state)
    with pytest.raises(Refusal, match="belongs to another user"):
        replace(store, state=tmp_path / "link").make_folders()


@pytest.mark.parametrize("name", ["x" * 120, "with, comma", 'with "quote'])
def test_sockets_lie_elsewhere_where_the_path_would_not_do(store, tmp_path, name):
    other = replace(store, state=tmp_path / name)
    assert len(str(other.sockets)) < 84
    assert other.sockets != other.run
    other.make_folders()
    assert stat.S_IMODE(other.sockets.stat().st_mode) == 0o700
    other.sockets.rmdir()


def test_a_space_in_the_path_does_no_harm_to_sockets(store):
    near = replace(store, state=Path("/srv/my store"))
    assert near.sockets == Path("/srv/my store/run")


def test_two_states_never_share_sockets(store, tmp_path):
    one, other = (replace(store, state=tmp_path / (letter * 120)) for letter in "ab")
    assert one.sockets != other.sockets


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in ("MERCAT_STATE", "MERCAT_PORT_OFFSET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(stores, "read_dotenv", lambda path: read_dotenv(tmp_path / ".env"))
    return monkeypatch


def test_the_state_is_in_the_project_unless_told(environment, tmp_path):
    assert locate().state == locate().root / ".mercat"
    environment.setenv("MERCAT_STATE", str(tmp_path / "elsewhere"))
    assert locate().state == tmp_path / "elsewhere"


def test_the_option_wins_over_the_environment_and_that_over_the_file(environment, tmp_path):
    (tmp_path / ".env").write_text("MERCAT_PORT_OFFSET=10\n")
    assert locate().offset == 10
    environment.setenv("MERCAT_PORT_OFFSET", "20")
    assert locate().offset == 20
    assert locate(offset=30).offset == 30


@pytest.mark.parametrize("text", ["a few", "1.5", "-1", str(MAX_OFFSET + 1)])
def test_an_offset_that_cannot_be_is_refused(environment, text):
    environment.setenv("MERCAT_PORT_OFFSET", text)
    with pytest.raises(Refusal, match=r"offset|whole number"):
        locate()


def test_no_port_is_one_that_an_outgoing_connection_may_hold():
    """Linux gives those from 32768 on."""
    assert max(PORTS.values()) + MAX_OFFSET == 32_767


@pytest.mark.parametrize("number", [0, -1, 9])
def test_replicas_have_bounds(environment, number):
    with pytest.raises(Refusal, match="--replicas"):
        locate(replicas=number)


def test_a_dotenv_file_is_read_as_people_write_it(tmp_path):
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


def test_a_dotenv_file_as_other_programs_write_it(tmp_path):
    path = tmp_path / ".env"
    path.write_bytes(b"\xef\xbb\xbfCURRENCY=\"USD\" # dollars\r\nSTAFF_EMAIL='it''s' # o'clock\r\n")
    assert read_dotenv(path) == {"CURRENCY": "USD", "STAFF_EMAIL": "it''s"}
    path.write_bytes(b"CURRENCY=\xff\n")
    with pytest.raises(Refusal, match=r"\.env cannot be read: .* UTF-8"):
        read_dotenv(path)
