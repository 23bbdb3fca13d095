"""Text that is no Unicode is read rightly or asked about: it never comes out garbled."""

from __future__ import annotations

import random
import time

import pytest

from catalog.importing.shopify import NotAnExport, UnclearEncoding, read_export
from catalog.importing.shopify.alphabets import ENCODINGS
from catalog.importing.shopify.encodings import detect, read_as
from catalog.tests.importing.sheets import codes, plain, read, sheet

# Words of goods in the encoding that a shop of that language would have.
SAMPLES = [
    ("cp1252", "Größe Brosche Mühle süß für Käse über Straße schön Gemüse Öl Äpfel Fußball"),
    ("cp1252", "Crème brûlée à la française Théière émaillée façon cœur déjà où naïf Noël pâte été sœur"),
    ("cp1252", "Niño camisón algodón pequeño año bebé también señora cinturón cómodo número edición"),
    ("cp1252", "Calção coração avó avô não maçã algodão preço promoção três você ação botões limões"),
    ("cp1252", "Città perché più caffè così qualità virtù lunedì è novità metà"),
    ("cp1252", "Blå tröja grön för små kläder Rød kjole øreringe æble sølv góð lopapeysa fyrir börn"),
    ("cp1254", "Yeşil gömlek şık küçük çanta ışık güneş gözlüğü ayakkabı kırmızı siyah düğme"),  # noqa: RUF001
    ("cp1250", "Żółta łódź Gęślą jaźń żółty świeca dąb książka źródło mężczyzna koń"),
    ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy šaty dětské tričko růžová svíčka"),
    ("cp1250", "Árvíztűrő tükörfúrógép póló női férfi gyűrű ezüst fülbevaló körte"),
    ("cp1250", "Rochie roşie cămaşă bărbaţi mărime înălţime lână Košulja žuta čarape ključ đak"),
    ("cp1251", "Синяя чашка Описание Завод синий белая кружка для чая їжа ґудзик жълт"),
    ("cp1253", "Μπλε φλιτζάνι Περιγραφή άσπρο κόκκινη ώρα ύφασμα"),
    ("cp1255", "כוס כחולה תיאור לבן"),
    ("cp1256", "كوب أزرق وصف أبيض"),
    ("cp1257", "Žalia suknelė ąžuolas šviesa žvakė dėžutė Zaļa kleita svece kastīte bērnu"),
    ("cp1258", "Áo sơ mi màu đen"),
    ("cp874", "แก้วสีน้ำเงิน คำอธิบาย สีขาว"),
    ("mac-roman", "Größe Crème brûlée Mühle süß für façon naïf"),
    ("cp850", "Größe Mühle süß für Käse über Straße"),
    ("cp852", "Żółta łódź Gęślą jaźń żółty świeca dąb"),
    ("cp866", "Синяя чашка Описание Завод синий"),
    ("koi8-r", "Синяя чашка Описание Завод синий"),
    ("iso8859-5", "Синяя чашка Описание Завод синий"),
    ("iso8859-2", "Żółta łódź Gęślą jaźń żółty świeca Příliš kůň"),
    ("iso8859-3", "Ġbin żgħir ħobż"),
    ("cp932", "青いカップ 説明 陶器の カップ 白い お皿 かわいい"),
    ("gbk", "蓝色 杯子 描述 工厂 白色 陶瓷"),
    ("cp950", "藍色 杯子 描述 工廠 白色 陶瓷"),
    ("cp949", "파란 컵 설명 공장 하얀 도자기 찻잔"),
    ("euc-jp", "青いカップ 説明 陶器の カップ 白い お皿"),
]


def read_or_asked(data: bytes) -> str | None:
    """The text, or None: it was asked for, with likely answers."""
    asked: list[UnclearEncoding] = []
    try:
        return detect(data)[0]
    except UnclearEncoding as unclear:
        asked.append(unclear)
    (question,) = asked
    assert 0 < len(question.candidates) <= 3
    assert all(name in ENCODINGS and name in question.message for name, _ in question.candidates)
    return None


@pytest.mark.parametrize(("codec", "words"), SAMPLES, ids=[f"{codec}-{words[:6]}" for codec, words in SAMPLES])
def test_detected_text_is_correct_or_the_encoding_is_asked(codec: str, words: str) -> None:
    dice = random.Random(words)
    for _ in range(12):
        some = dice.sample(words.split(), dice.randint(1, len(words.split())))
        text = "Handle,Title\nx," + " ".join(some) + "\n"
        data = text.encode(codec)
        if data.isascii():
            continue
        assert read_or_asked(data) in {text, None}


@pytest.mark.parametrize(
    ("codec", "title"),
    [
        ("cp1252", "Größe Mühle süß Käse über Straße"),
        ("cp1250", "Żółta łódź Gęślą jaźń żółty"),
        ("cp1252", "Brosche „Mühle“ in Größe 3 €"),
    ],
)
def test_a_clear_encoding_is_detected_and_reported(codec: str, title: str) -> None:
    export = read_export(sheet(plain(Title=title)).encode(codec), currency="EUR")
    assert export.products[0].title == title
    assert codes(export) == [(1, "encoding", "notice")]
    assert codec in export.problems[0].message


def test_the_question_shows_the_line_in_each_encoding() -> None:
    data = sheet(plain(Title="Plain"), plain("b", Title="Crème")).encode("cp1252")
    with pytest.raises(UnclearEncoding) as asked:
        read_export(data, currency="EUR")
    shown = dict(asked.value.candidates)
    assert shown["cp1252"].startswith("Crème")
    assert shown["cp1250"].startswith("Crčme")
    assert "--encoding" in asked.value.message
    assert "?encoding=" in asked.value.message
    assert read_export(data, currency="EUR", encoding="cp1252").products[1].title == "Crème"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnclearEncoding):
        detect(b"Handle,\x80\xff\xfe\x81\x8d\x8f\x90\x9d\xa0\xfd")
    with pytest.raises(NotAnExport, match="no text"):
        read_export(b"Handle,Title\n\x00\xff\xfe", currency="EUR")


def test_an_encoding_that_is_said_must_be_true() -> None:
    western = sheet(plain(Title="Größe")).encode("cp1252")
    for name, said in (("utf-8", "not written in utf-8: line 2"), ("utf-16", "utf-16")):
        with pytest.raises(NotAnExport, match=said):
            read_as(western, name)
    with pytest.raises(NotAnExport, match="control characters"):
        read_as("„Mühle“".encode("cp1252"), "iso-8859-2")
    with pytest.raises(NotAnExport, match="is UTF-8, not cp1250"):
        read_export(sheet(plain(Title="Größe")).encode(), currency="EUR", encoding="cp1250")
    plainly = sheet(plain()).encode()
    assert read_export(plainly, currency="EUR", encoding="cp1250") == read_export(plainly, currency="EUR")
    assert read_export(plainly, currency="EUR", encoding="utf-8") == read_export(plainly, currency="EUR")


@pytest.mark.parametrize(
    "title",
    ["Gr\u00c3\u00b6\u00c3\u0178e", "Br\ufffdhne", "\u00d0\u00a1\u00d0\u00b8\u00d0\u00bd\u00d0\u00b8\u00d0\u00b9"],
)
def test_text_damaged_by_a_wrong_encoding_is_refused_by_its_row(title: str) -> None:
    export = read(plain("a", Title=title), plain("b", Title="Größe – „fein“ ÃO"))  # noqa: RUF001
    assert codes(export) == [(2, "garbled_text", "refused")]
    assert [p.slug for p in export.products] == ["b"]


def test_an_embedded_picture_does_not_slow_down_the_detection() -> None:
    inside = b"A" * 30_000
    image = b'<img src=""data:image/png;base64,' + inside + b'"">' + inside
    body = "Größe süß für Käse Mühle".encode("cp1252") + image + "\u00a0".encode("cp1252")
    began = time.process_time()
    export = read_export(b'Handle,Title,Body (HTML)\nx,Print,"' + body + b'"\n', currency="EUR")
    assert time.process_time() - began < 3
    assert (export.products[0].title, codes(export)[0][1]) == ("Print", "encoding")
