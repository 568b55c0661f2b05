"""A canonical copy of a text for the detectors, with a way back to the original offsets.

Zero-width characters, soft hyphens, combining marks and other format characters vanish; full-width
and other compatible forms, homoglyphs, dashes, quotes and spaces become ASCII; JSON escapes such as
`\\u0041` and `\\n` become what they stand for. Plain ASCII without a backslash is returned as it is.
"""

import re
import unicodedata

from phiward.deid.spans import Span

SURROGATE = re.compile("[\ud800-\udfff]")
"""What JSON can escape but no UTF-8 can hold."""

_HOMOGLYPHS = dict(
    zip(
        "АВЕКМНОРСТХІЈЅаеорсухіјѕԁһӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοιρνκƖɑɡıłŁøØđĐ",
        "ABEKMHOPCTXIJSaeopcyxijsdhlABEZHIKMNOPTYXaoipvklagilLoOdD",
        strict=True,
    )
)
_OTHER = {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "\u2028": "\n", "\u2029": "\n", "\x85": "\n"}
_DASHES = "‐‑‒–—―−﹣－"  # noqa: RUF001 - look-alikes are the point
_QUOTES = "‘’‚‛ʼ′`´＇"  # noqa: RUF001 - look-alikes are the point
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([nrtbf/\"\\]))")


class _Table(dict[str, str]):
    """Character → canonical characters, filled as characters are met."""

    def __missing__(self, character: str) -> str:
        made = self[character] = _canonical_character(character)
        return made


def _canonical_character(character: str) -> str:
    if character.isascii():
        return character
    if character in _HOMOGLYPHS:
        return _HOMOGLYPHS[character]
    if character in _OTHER:
        return _OTHER[character]
    if character in _DASHES:
        return "-"
    if character in _QUOTES:
        return "'"
    kind = unicodedata.category(character)
    if kind in ("Cf", "Mn", "Me"):
        return ""
    if kind == "Zs":
        return " "
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    parts = unicodedata.normalize("NFKD", character)
    plain = "".join(_HOMOGLYPHS.get(part, part) for part in parts if not unicodedata.combining(part))
    return plain if len(plain.lower()) == len(plain) else character


_TABLE = _Table()


def fold(text: str) -> str:
    """The canonical copy alone, for values that are compared and never mapped back."""
    return text if text.isascii() else "".join([_TABLE[character] for character in text])


def canonicalise(text: str) -> tuple[str, list[int] | None]:
    """The canonical copy, and for each of its characters the offset in `text` (one more for the end).

    The offsets are None where both have the same ones.
    """
    if text.isascii() and "\\" not in text:
        return text, None
    pieces: list[tuple[int, str]] = []
    end = 0
    for match in _ESCAPE.finditer(text) if "\\" in text else ():
        pieces.extend(enumerate(map(_TABLE.__getitem__, text[end : match.start()]), end))
        pieces.append((match.start(), _unescaped(match)))
        end = match.end()
    pieces.extend(enumerate(map(_TABLE.__getitem__, text[end:]), end))
    copy = "".join([piece for _, piece in pieces])
    if len(copy) == len(text) and all(len(piece) == 1 for _, piece in pieces):
        return copy, None
    offsets = [offset for offset, piece in pieces for _ in piece]
    offsets.append(len(text))
    return copy, offsets


def _unescaped(match: re.Match[str]) -> str:
    code, letter = match.groups()
    if code:
        return _TABLE[chr(int(code, 16))]
    return letter if letter in '/"\\' else "\n" if letter == "n" else " "


def map_back(span: Span, offsets: list[int], text: str) -> Span:
    """The span in the original text. It takes in what vanished behind it, and whole escapes."""
    start = offsets[span.start]
    last = offsets[span.end - 1]
    end = max(offsets[span.end], last + 1)
    return Span(start, end, span.category, span.detector, span.priority)
