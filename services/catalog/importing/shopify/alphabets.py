"""The encodings of files from spreadsheets, and the non-ASCII letters of the languages that use each."""

from __future__ import annotations

import re

_WEST = {
    "German": "äöüß",
    "French": "àâæçéèêëîïôœùûüÿ",
    "Spanish": "áéíñóúü",
    "Portuguese": "áàâãçéêíóôõú",
    "Italian": "àèéìíîòóùú",
    "Dutch": "áéëïíóöúü",
    "Swedish": "åäöé",
    "Danish": "æøåéö",
    "Norwegian": "æøåéòôó",
    "Catalan": "àçéèíïóòúü",
    "Icelandic": "áðéíóúýþæö",
    "Irish": "áéíóú",
}
_EAST = {
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîşţ",
    "Croatian": "čćđšž",
    "Albanian": "çë",
    "German": "äöüß",
}
_CYRILLIC = {
    "Russian": "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
    "Ukrainian": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "Bulgarian": "абвгдежзийклмнопрстуфхцчшщъьюя",
    "Belarusian": "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
    "Serbian": "абвгдђежзијклљмнњопрстћуфхцчџш",
    "Macedonian": "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
}
_GREEK = {"Greek": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ"}
_BALTIC = {
    "Lithuanian": "ąčęėįšųūž",
    "Latvian": "āčēģīķļņšūž",
    "Estonian": "äõöüšž",
    "Polish": "ąćęłńóśźż",
    "German": "äöüß",
}
_TURKISH = {"Turkish": "çğıöşüâîû", **_WEST}
# Scripts of their own, by the block that all their letters are in.
_BLOCKS = {"Hebrew": "\u05d0-\u05ea", "Arabic": "\u0621-\u0652\u067e\u0686\u0698\u06af", "Thai": "\u0e01-\u0e4e"}

# The name that people use, Python's codec, and the languages. The more common come first.
ENCODINGS: dict[str, tuple[str, dict[str, str]]] = {
    "cp1252": ("cp1252", _WEST),
    "cp1250": ("cp1250", _EAST),
    "cp1251": ("cp1251", _CYRILLIC),
    "cp1253": ("cp1253", _GREEK),
    "cp1254": ("cp1254", _TURKISH),
    "cp1257": ("cp1257", _BALTIC),
    "cp1255": ("cp1255", {"Hebrew": _BLOCKS["Hebrew"]}),
    "cp1256": ("cp1256", {"Arabic": _BLOCKS["Arabic"]}),
    "cp874": ("cp874", {"Thai": _BLOCKS["Thai"]}),
    "iso-8859-2": ("iso8859-2", _EAST),
    "iso-8859-15": ("iso8859-15", _WEST),
    "mac-roman": ("mac-roman", _WEST),
    "mac-latin2": ("mac-latin2", _EAST),
    "mac-cyrillic": ("mac-cyrillic", _CYRILLIC),
    "cp850": ("cp850", _WEST),
    "cp852": ("cp852", _EAST),
    "cp866": ("cp866", _CYRILLIC),
    "koi8-r": ("koi8-r", _CYRILLIC),
    "iso-8859-5": ("iso8859-5", _CYRILLIC),
    "shift-jis": ("cp932", {}),
    "gbk": ("gbk", {}),
    "big5": ("cp950", {}),
    "euc-kr": ("cp949", {}),
    "euc-jp": ("euc-jp", {}),
}
# Detected without a question, and can be given.
UNICODE = {"utf-8": "utf-8", "utf-16": "utf-16"}

EAST_ASIAN = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff66-\uff9f]+")
_BESIDE_LETTERS = re.compile("[a-z][\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff66-\uff9f]")


def languages(letters: dict[str, str]) -> list[re.Pattern[str]]:
    """For each language, what a word of it may consist of. Scripts are not mixed within a word."""
    latin = {name: "A-Za-z" if small[-1] < "\u0250" else "" for name, small in letters.items()}
    return [re.compile(f"[{latin[name]}{small}{small.upper()}'\u2019-]+") for name, small in letters.items()]


def east_asian_share(words: list[str]) -> float:
    """The share of words that can be Chinese, Japanese or Korean: no letter follows a small Latin one, and they are not
    single letters among other signs.
    """
    good = [
        word
        for word in words
        if EAST_ASIAN.search(word) and not _BESIDE_LETTERS.search(word) and _is_common(EAST_ASIAN.findall(word))
    ]
    return len(good) / len(words)


def _is_common(runs: list[str]) -> bool:
    """Whether most signs are of the first half of GB 2312 or JIS, kana, or Hangul of everyday use."""
    signs = "".join(runs)
    return sum(_everyday(sign) for sign in signs) >= 0.7 * len(signs)


def _everyday(sign: str) -> bool:
    if "\u3041" <= sign <= "\u30ff":
        return True
    for codec, first, last in (
        ("gb2312", 0xB0, 0xD7),
        ("euc-jp", 0xB0, 0xCF),
        ("big5", 0xA4, 0xC6),
        ("euc-kr", 0xB0, 0xC8),
    ):
        try:
            raw = sign.encode(codec)
        except UnicodeEncodeError:
            continue
        if len(raw) == 2 and first <= raw[0] <= last:
            return True
    return False
