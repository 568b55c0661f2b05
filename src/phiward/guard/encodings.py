"""Undoing mechanical encodings: what stands written in a text in another alphabet.

Two families. A *spelling* is undone in place, and the text around it stays: escapes of HTML, JSON, URLs and
quoted-printable, look-alike letters, digits for letters. A *blob* is a run of code that stands for a text of its own:
base64 in both alphabets, base32, hexadecimal, decimal and binary codes, and characters that nobody sees (tags,
variation selectors). Where a blob begins is not known, so it is read at every alignment, and what is readable of it
counts. Each function gives what it found, and nothing where there is nothing of its kind.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from phiward.domain.words import canonical_words
from phiward.guard.tokens import seen

MIN_READABLE = 6
"""Characters: no known identifier has fewer (`domain.known.MIN_CODE_CHARACTERS`)."""
MAX_NESTED = 3
"""So often are escapes undone within escapes."""

_SIGNS = frozenset("&\\%=")
_ESCAPE = re.compile(
    r"(?P<bytes>(?:[%=][0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2})+)"
    r"|\\u\{?(?P<code>[0-9A-Fa-f]{1,6})\}?|\\(?P<octal>[0-7]{3})|%u(?P<wide>[0-9A-Fa-f]{4})"
    r"|(?P<soft>=[ \t]*\r?\n|\\\r?\n)|(?P<blank>\\[nrtbf])"
)
_PAIR = re.compile(r"[0-9A-Fa-f]{2}")
_HEX = re.compile(
    rf"(?<![^\W_])(?:(?:0[xX]|\\x|%|U\+(?:00)?)?[0-9A-Fa-f]{{2}}[ \t\n:,;.|_-]{{0,2}}){{{MIN_READABLE},}}[0-9A-Fa-f]?"
    rf"|(?:[0-9A-Fa-f]{{2}}){{{MIN_READABLE},}}[0-9A-Fa-f]?"
)
_HEX_NOISE = re.compile(r"0[xX]|\\x|U\+|[^0-9A-Fa-f]")
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{8,}(?:=*[ \t]*\r?\n[A-Za-z0-9+/_\-]{2,})*")
_BASE32 = re.compile(r"[A-Z2-7]{10,}|[a-z2-7]{10,}")
_DECIMAL = re.compile(rf"(?<!\d)(?:\d{{2,3}}[ ,;.\n]{{1,2}}){{{MIN_READABLE - 1},}}\d{{2,3}}(?!\d)")
_BINARY = re.compile(rf"(?:[01]{{7,8}}[ ,\n]?){{{MIN_READABLE},}}")
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{6,}")
_READABLE = re.compile(rf"[^\x00-\x1f\x7f-\x9f\ufffd]{{{MIN_READABLE},}}")
_SPACES = re.compile(r"\s+")
_DIGIT = re.compile(r"[0-9]")

_ROUND = str.maketrans("-_", "+/")
_LETTERED = re.compile(r"[0134578@$](?=[^\W\d_])(?:(?<=[^\W\d_].)|(?<=[^\W\d_]..)|(?<![^\W_].)(?=.[^\W_]{2}))")
_LEET = tuple(str.maketrans("0134578@$", f"o{one}eastbas") for one in "il")
_NAMED = re.compile(
    r"(?:LETTER|SYMBOL LETTER) (?:SMALL CAPITAL |TURNED |REVERSED |OPEN |INVERTED |DOTLESS |SCRIPT |LONG )*"
    r"([A-Z])(?: WITH [A-Z ]+)?\Z"
)
_ALPHABETS = ("LATIN", "REGIONAL INDICATOR")
_SHAPED = dict(
    zip(
        "\u13a0\u13a1\u13a2\u13aa\u13ab\u13ac\u13b3\u13b7\u13bb\u13c0\u13c3\u13d2\u13d4\u13d9\u13da\u13de\u13df\u13e2\u13e6"
        "\u0578\u057d\u0585\u0570\u0566\u0581\u057c\u0561",
        "DRTAJEWMHGZRWVSLCPKnuohqgnw",
        strict=True,
    )
)
"""Cherokee and Armenian look-alikes, beyond those of `domain.words`."""


def spellings(text: str) -> Iterator[str]:
    """The text with its escapes undone, and with look-alike letters made plain."""
    if not _SIGNS.isdisjoint(text):
        plain = unescape(text)
        if plain != text:
            yield plain
    if not text.isascii():
        plain = "".join([c if c.isascii() else latin(c) for c in seen(text)])
        if plain != text:
            yield plain


def lettered(text: str) -> Iterator[str]:
    """The text with digits read as the letters they look like, where they stand in a word ("Z3lda")."""
    if _LETTERED.search(text):
        yield from (text.translate(table) for table in _LEET)


def blobs(text: str) -> Iterator[str]:
    """What is readable of every blob, at least MIN_READABLE characters each."""
    digits = len(_DIGIT.findall(text)) if _DIGIT.search(text) else 0
    for find, read, least in _KINDS:
        if digits >= least:
            for found in find.finditer(text):
                yield from read(found[0])
    if not text.isascii():
        yield from _unseen(text)


def unescape(text: str) -> str:
    """Escapes of HTML, JSON, URLs and quoted-printable undone, nested ones too."""
    for _ in range(MAX_NESTED):
        plain = _ESCAPE.sub(_character, html.unescape(text) if "&" in text else text)
        if plain == text:
            break
        text = plain
    return text


def _character(found: re.Match[str]) -> str:
    if found["bytes"]:
        return bytes.fromhex("".join(_PAIR.findall(found["bytes"]))).decode("utf-8", "replace")
    if found["octal"]:
        return chr(int(found["octal"], 8))
    code = found["code"] or found["wide"]
    if code:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else "\ufffd"
    return " " if found["blank"] else ""


def aligned_base64(code: str) -> Iterator[bytes]:
    """Base64 in its first alphabet without padding, read at each of the four places where its groups may begin."""
    for begin in range(4):
        part = code[begin:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        yield binascii.a2b_base64(part + "=" * (-len(part) % 4))


def untagged(tags: str) -> str:
    """The ASCII that tag characters (U+E0020 to U+E007E) stand for."""
    return "".join([chr(ord(one) - 0xE0000) for one in tags])


def selected(selectors: str) -> bytes:
    """The bytes that variation selectors stand for: 16 in U+FE00, the others from U+E0100 on."""
    return bytes(ord(one) - (0xFE00 if one <= "\ufe0f" else 0xE0100 - 16) for one in selectors)


@lru_cache(maxsize=4096)
def latin(character: str) -> str:
    """The ASCII letter or digit that a character looks like, or itself.

    By the tables here and of `domain.words`, or by its Unicode name ("LATIN SMALL LETTER Z WITH STROKE").
    """
    plain = _SHAPED.get(character) or "".join(canonical_words(character))
    if len(plain) == 1 and plain.isascii():
        return plain
    name = unicodedata.name(character, "")
    found = _NAMED.search(name) if any(one in name for one in _ALPHABETS) else None
    return found[1] if found else character


def _readable(data: bytes) -> list[str]:
    """Runs of characters in UTF-8; zero bytes are passed over, so that UTF-16 reads as well."""
    return _READABLE.findall(data.replace(b"\0", b"").decode("utf-8", "replace"))


@lru_cache(maxsize=8192)
def _base64(code: str) -> tuple[str, ...]:
    code = _SPACES.sub("", code).replace("=", "").translate(_ROUND)
    return tuple(readable for data in aligned_base64(code) for readable in _readable(data))


@lru_cache(maxsize=1024)
def _base32(code: str) -> tuple[str, ...]:
    code, found = code.upper(), []
    for begin in range(8):
        part = code[begin:]
        part = part[: len(part) - {1: 1, 3: 1, 6: 1}.get(len(part) % 8, 0)]
        found += _readable(base64.b32decode(part + "=" * (-len(part) % 8)))
    return tuple(found)


def _hexadecimal(code: str) -> Iterator[str]:
    digits = _HEX_NOISE.sub("", code)
    for begin in range(2):
        part = digits[begin:]
        data = bytes.fromhex(part[: len(part) // 2 * 2])
        yield from _readable(data)


def _decimal(code: str) -> Iterator[str]:
    yield from _readable(bytes(int(one) % 256 for one in re.findall(r"\d+", code)))


def _binary(code: str) -> Iterator[str]:
    yield from _readable(bytes(int(one, 2) for one in re.findall(r"[01]{7,8}", code)))
    digits = re.sub(r"[^01]", "", code)
    yield from _readable(bytes(int(digits[at : at + 8], 2) for at in range(0, len(digits) - 7, 8)))


def _unseen(text: str) -> Iterator[str]:
    tags = "".join(_TAGS.findall(text))
    if tags:
        yield untagged(tags)
    for found in _SELECTORS.finditer(text):
        yield from _readable(selected(found[0]))


_KINDS: tuple[tuple[re.Pattern[str], Callable[[str], Iterator[str] | tuple[str, ...]], int], ...] = (
    (_BASE64, _base64, 0),
    (_BASE32, _base32, 0),
    (_HEX, _hexadecimal, MIN_READABLE),
    (_DECIMAL, _decimal, 2 * MIN_READABLE),
    (_BINARY, _binary, 7 * MIN_READABLE),
)
"""The form of a blob, how to read it, and how many digits it has at least: a letter's code in hexadecimal has one."""
