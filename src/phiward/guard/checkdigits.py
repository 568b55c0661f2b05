"""Numbers that prove by a check digit or a fixed form that they name somebody or something.

Independent of the deid room on purpose: the tripwire must not share its mistakes.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

_SSN = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_EMAIL = re.compile(r"[\w.%+\-]+@[A-Za-z0-9\-]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"(?<![\w.-])(?:\+?1[-. ]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])\d{3}[-. ]\d{4}(?![\w-])")
_TEN = re.compile(r"(?<![\w.-])[12]\d{9}(?![\w-])")
_CARD = re.compile(r"(?<![\w.-])[3-6]\d{3}(?:[ -]?\d){9,15}(?![\w-])")
_LETTERED = re.compile(r"\b(?:[A-HJ-NPR-Z0-9]{17}|[ABCDEFGHJKLMPRSTUX][A-Z9][0-9]{7})\b")
_NINE = re.compile(r"\d(?:[-. ()]{0,2}\d){8}")
"""Nine digits close together: none of the forms has fewer."""
VIN_LENGTH = 17
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_VIN_ROWS = ("", "AJ", "BKS", "CLT", "DMU", "ENV", "FW", "GPX", "HY", "RZ")
_VIN_VALUES = {letter: value for value, letters in enumerate(_VIN_ROWS) for letter in letters}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def npi(digits: str) -> bool:
    """National Provider Identifier: Luhn over 80840 and the ten digits (45 CFR 162.406)."""
    return luhn("80840" + digits)


def card(text: str) -> bool:
    """Payment card: 13 to 19 digits by Luhn."""
    digits = re.sub(r"\D", "", text)
    return 13 <= len(digits) <= 19 and luhn(digits)


def vin(text: str) -> bool:
    """Vehicle identification number: the ninth character checks the others (49 CFR 565.15)."""
    if text.isdigit() or text.isalpha():
        return False
    total = sum(
        weight * (int(one) if one.isdigit() else _VIN_VALUES[one])
        for one, weight in zip(text, _VIN_WEIGHTS, strict=True)
    )
    return text[8] == "0123456789X"[total % 11]


def dea(text: str) -> bool:
    """DEA registration: twice the even places plus the odd ones ends in the last digit."""
    digits = [int(one) for one in text[2:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def _always(_: str) -> bool:
    return True


_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (_SSN, _always),
    (_PHONE, _always),
    (_TEN, npi),
    (_CARD, card),
)


def holds_identifying_number(text: str) -> bool:
    """Whether any of these stands in the text, in full-width characters and with any dash too."""
    return next(identifying_numbers(text), None) is not None


def identifying_numbers(text: str) -> Iterator[str]:
    """Each of them, as it is written in plain characters."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    if "@" in text:
        yield from _EMAIL.findall(text)
    for one in _LETTERED.findall(text):
        if vin(one) if len(one) == VIN_LENGTH else dea(one):
            yield one
    if _NINE.search(text) is None:
        return
    for pattern, check in _FORMS:
        yield from (found[0] for found in pattern.finditer(text) if check(found[0]))
