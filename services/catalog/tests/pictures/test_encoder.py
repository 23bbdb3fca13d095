"""The process that draws pictures anew."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from catalog.pictures import encoder
from catalog.pictures.encoder import Encoder
from catalog.pictures.failures import NotFetched
from catalog.tests.pictures.images import jpeg, opened, png_of
from chassis.testing import eventually


async def code_of(made: Encoder, content: bytes) -> str:
    with pytest.raises(NotFetched) as failure:
        await made.sizes(content)
    assert failure.value.lasting
    return failure.value.code


async def test_the_encoder_returns_a_picture_in_all_sizes():
    sizes = await Encoder().sizes(jpeg(900, 600))
    assert [(size.width, size.height) for size in sizes] == [(320, 213), (640, 427), (900, 600)]
    assert [opened(size.content).size for size in sizes] == [(320, 213), (640, 427), (900, 600)]


async def test_the_encoder_gives_the_reason_of_a_refusal():
    made = Encoder()
    assert await code_of(made, png_of(30_000, 30_000)) == "too-many-pixels"
    assert await code_of(made, b"<html>") == "not-an-image"
    both = await asyncio.gather(made.sizes(jpeg(50, 50)), made.sizes(jpeg(60, 60)))
    assert [sizes[0].width for sizes in both] == [50, 60]


def program(folder: Path, text: str) -> Encoder:
    file = folder / "program.py"
    file.write_text(text)
    return Encoder(file)


async def test_a_decoder_that_dies_or_hangs_or_says_nonsense_is_a_file_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert await code_of(program(tmp_path, "import os; os.abort()"), b"x") == "unreadable"
    assert await code_of(program(tmp_path, "print('{}')"), b"x") == "unreadable"
    assert await code_of(program(tmp_path, """print('{"sizes": [[1, 1, 99]]}')"""), b"x") == "unreadable"
    note = tmp_path / "pid"
    hangs = program(tmp_path, f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    monkeypatch.setattr(encoder, "TIMEOUT_SECONDS", 3)

    async def hung() -> bool:
        assert await code_of(hangs, b"x") == "unreadable"
        return note.exists() and note.read_text() != ""  # else it was ended before it hung

    await eventually(hung)
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


async def test_the_encoder_gets_no_settings_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    tells = "import os, json; print(json.dumps({'code': 'told', 'reason': ' '.join(os.environ)}))"
    with pytest.raises(NotFetched) as failure:
        await program(tmp_path, tells).sizes(b"x")
    assert failure.value.code == "told"
    assert "DATABASE_URL" not in failure.value.reason


async def test_the_memory_of_the_encoder_is_limited(tmp_path: Path):
    source = Path(encoder.__file__).with_name("reencode.py").read_text()
    hungry = source.replace("    said, files = answer(", "    bytearray(2 << 30)\n    said, files = answer(")
    assert hungry != source
    assert await code_of(program(tmp_path, hungry), jpeg(1, 1)) == "unreadable"
