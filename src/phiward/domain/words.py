"""One spelling for words and digits, so that a check finds an identifier however it is written.

In this order: compatibility decomposition (NFKD, so that NFKC and NFKD spellings agree), casefold,
drop combining marks and zero-width and other format characters, map Cyrillic and Greek look-alikes to
Latin and digits of any script to ASCII. A word is a maximal run of letters and digits. An apostrophe
inside a word vanishes ("O'Reilly" is "oreilly"), a possessive ending too ("Smith's" is "smith"); a
hyphen separates. Canonical words joined by spaces canonicalise to themselves.

Not covered: look-alikes beyond the table, letters replaced by digits ("5mith"), words cut by spaces.
"""

import re
import unicodedata

# After casefolding, so that upper and lower case of one foreign letter stay one. Where the two cases
# look like different Latin letters (Greek eta, nu), the capital decides: names begin with one.
_LOOK_ALIKES = str.maketrans(
    dict(zip("авгеіјкмнорстухһѕԁԛԝѵєёⅼ", "abreijkmhopctyxhsdqwveel", strict=True))
    | dict(zip("αβεζηικμνορτυχωɑɡıɩ", "abezhikmnoptyxwagii", strict=True))
    | {"ʟ": "l", "\u04cf": "l", "ł": "l", "ø": "o", "đ": "d", "ħ": "h"}
)
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")  # letters by category, invisible on the screen
_APOSTROPHES = "'`´‘’‛ʹʻʼʽˈ′＇"  # noqa: RUF001 - look-alikes are the subject
_UNIFY = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
_POSSESSIVE = re.compile(r"(?<=[^\W_])'s(?![^\W_'])")
_INNER = re.compile(r"(?<=[^\W_])'+(?=[^\W_])")
_WORD = re.compile(r"[^\W_]+")
_PIECE = 256
_ASCII_DIGITS = re.compile(r"[0-9]+")


def canonical_words(text: str) -> list[str]:
    """The canonical words of `text`, in order; empty when it has no letter and no digit."""
    folded = text.lower() if text.isascii() else _fold(text)
    folded = folded.translate(_UNIFY)
    if "'" in folded:
        folded = _INNER.sub("", _POSSESSIVE.sub("", folded))
    return _WORD.findall(folded)


def canonical_digits(text: str) -> str:
    """The decimal digits of `text`, of any script, as ASCII, without anything between them."""
    return "".join(_ASCII_DIGITS.findall(text if text.isascii() else _fold(text)))


def _fold(text: str) -> str:
    """Everything but the apostrophes and the cutting into words."""
    text = _decomposed(text.translate(_UNIFY)).casefold()
    kept = [_plain(c) for c in _decomposed(text)]
    return "".join(kept).translate(_LOOK_ALIKES)


def _decomposed(text: str) -> str:
    """NFKD, a piece at a time: a long run of combining marks is sorted in quadratic time. Marks are dropped anyway."""
    if len(text) <= _PIECE:
        return unicodedata.normalize("NFKD", text)
    return "".join([unicodedata.normalize("NFKD", text[at : at + _PIECE]) for at in range(0, len(text), _PIECE)])


def _plain(character: str) -> str:
    """Nothing for what cannot be seen, an ASCII digit for a digit, else the character."""
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category[0] == "M" or category == "Cf" or character in _FILLERS:
        return ""
    return str(unicodedata.decimal(character)) if category == "Nd" else character
