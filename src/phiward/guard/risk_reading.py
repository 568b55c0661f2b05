"""A text as a reader takes it, for rules that look for instructions in it. It is never what is sent.

In this order: HTML entities, percent and backslash escapes are undone; runs of base64 and of hexadecimal digits are
decoded where that gives words, one level deep; HTML comments, tag characters (U+E0000), bytes in variation selectors
and text behind a bidirectional override are read as texts of their own; the rest is folded as `domain.words` folds
(full width, accents, look-alikes, what cannot be seen), lower case, and spaced letters are joined.

Time is linear in the text, whatever it holds. Not undone: ciphers such as ROT13, text written backwards, codes in
codes, words cut by other words.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from phiward.domain.words import canonical_words
from phiward.guard.encodings import aligned_base64, selected, untagged
from phiward.guard.tokens import TOKEN, UNSEEN, unescaped

NORMALISED_AT_ONCE = 256
"""Code points. Unicode normalisation sorts a run of combining marks in quadratic time; pieces bound it."""
LEAST_DECODED = 10
"""Characters that a blob must hold to be read."""
JUDGED_BY = 200
"""Characters of what was decoded, from its beginning."""
LEAST_INSIDE, LEAST_RUN = 3, 8
"""Characters of no width inside words, and in one run, from which on they are no accident."""

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]{16,})*(?:\r?\n[A-Za-z0-9+/_-]{2,}={1,2})?")
_ONE_ALPHABET = str.maketrans({"-": "+", "_": "/", "\r": None, "\n": None, "=": None})
_HEX = re.compile(r"(?:(?:0x)?[0-9A-Fa-f]{2}[ :,]?){8,}")
_NOT_HEX = re.compile(r"0x|[^0-9A-Fa-f]")
_TAGS = re.compile(r"(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+|[\U000e0020-\U000e007f]{8,}")
"""A flag of a region is a black flag and up to six of them."""
_SELECTED = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_TURNED = re.compile(r"\u202e([^\u202c\u2069\n]*)")
_OVERRIDE = re.compile(r"[\u202d\u202e]")
_NO_WIDTH = "\u200b-\u200d\u2060\ufeff"
_INSIDE = re.compile(rf"[A-Za-z][{_NO_WIDTH}]+(?=[A-Za-z])")
_RUN = re.compile(rf"[{_NO_WIDTH}]{{{LEAST_RUN}}}")
_HIDDEN = re.compile(f"[{UNSEEN}]")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-_*|]){2,}[^\W_](?![^\W_])")
_BETWEEN = re.compile(r"[ .\-_*|]")
_STYLE = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|(?:font-size|opacity)\s{0,9}:\s{0,9}0")


@dataclass(frozen=True, slots=True)
class Reading:
    """`plain` is what is on the page, folded; `hidden` what a person does not see there, each text folded too.

    `marks` are ids of the rules that the way of hiding itself fulfils.
    """

    plain: str = field(repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)
    marks: frozenset[str] = frozenset()


def read(text: str) -> Reading:
    """Read a text. Raises nothing."""
    text = _plain_escapes(text)
    text, comments = _comments(text)
    hidden = [*comments, *_decoded(_BASE64, text, _base64), *_decoded(_HEX, text, _hexadecimal)]
    marks = set()
    if _STYLE.search(text.lower()):
        marks.add("hidden_style")
    if not text.isascii():
        marks |= _marks(text)
        hidden += _unseen_texts(text)
    return Reading(folded(text), tuple(folded(one) for one in hidden), frozenset(marks))


def folded(text: str) -> str:
    """One spelling: lower case, look-alikes and full width plain, nothing unseen, spaced letters joined."""
    if text.isascii():
        text = text.lower()
    else:
        pieces = range(0, len(text), NORMALISED_AT_ONCE)
        text = "".join(unicodedata.normalize("NFKD", text[at : at + NORMALISED_AT_ONCE]) for at in pieces)
        text = TOKEN.sub(_word, _HIDDEN.sub("", text))
    return _SPACED.sub(lambda found: _BETWEEN.sub("", found[0]), text)


def _word(found: re.Match[str]) -> str:
    return found[0].lower() if found[0].isascii() else " ".join(canonical_words(found[0]))


def _plain_escapes(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if "%" in text:
        text = _PERCENT.sub(lambda found: unquote(found[0], errors="replace"), text)
    return unescaped(text) if "\\" in text else text


def _comments(text: str) -> tuple[str, list[str]]:
    """The text without HTML comments, and what stands in them; one that does not end goes to the end."""
    outside, *opened = text.split("<!--")
    parts = [one.partition("-->") for one in opened]
    return outside + "".join(after for _, _, after in parts), [inside for inside, _, _ in parts]


def _marks(text: str) -> set[str]:
    inside = sum(1 for _ in zip(range(LEAST_INSIDE), _INSIDE.finditer(text), strict=False))
    found = {
        "hidden_tags": _TAGS.search(text) or _SELECTED.search(text),
        "bidi_override": _OVERRIDE.search(text),
        "zero_width": inside == LEAST_INSIDE or _RUN.search(text),
    }
    return {rule for rule, match in found.items() if match}


def _unseen_texts(text: str) -> Iterator[str]:
    """What tag characters, variation selectors and turned text say."""
    for found in _TAGS.finditer(text):
        yield untagged(found[0])
    for found in _SELECTED.finditer(text):
        yield selected(found[0]).decode(errors="replace")
    for found in _TURNED.finditer(text):
        yield found[1][::-1]


def _decoded(kind: re.Pattern[str], text: str, decode: Callable[[str], Iterator[bytes]]) -> Iterator[str]:
    """What the blobs of a kind hold, where it is words."""
    for found in kind.finditer(text):
        for data in decode(found[0]):
            words = data.decode(errors="replace")
            if _is_words(words):
                yield words
                break


def _base64(blob: str) -> Iterator[bytes]:
    """At each of the four places where its groups may begin, and as the longest part of a path: a word or an address
    may be glued before it.
    """
    blob = blob.translate(_ONE_ALPHABET)
    for run in dict.fromkeys((blob, max(blob.split("/"), key=len))):
        yield from aligned_base64(run)


def _hexadecimal(blob: str) -> Iterator[bytes]:
    digits = _NOT_HEX.sub("", blob)
    yield bytes.fromhex(digits[: len(digits) // 2 * 2])


def _is_words(text: str) -> bool:
    """Mostly letters and spaces, and nearly all of it printable; its beginning decides."""
    if len(text) < LEAST_DECODED:
        return False
    text = text[:JUDGED_BY]
    letters = sum(one.isalpha() or one == " " for one in text)
    odd = sum(not one.isprintable() and one not in "\r\n\t" for one in text) + text.count("\ufffd")
    return letters >= 0.7 * len(text) and odd <= 0.05 * len(text)
