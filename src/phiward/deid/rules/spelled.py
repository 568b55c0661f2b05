"""Numbers said digit by digit, and names spelled letter by letter, as people dictate them.

`five eight oh, five five five` has no digit in it; `H A T H C O C K` no word.
"""

import re
from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|niner|double)"
_DIGITS = re.compile(rf"\b{_DIGIT}(?:(?:,? |-){_DIGIT}){{6,}}\b", re.IGNORECASE)
_NUMBER = (
    r"(?:oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|and)"
)
_BORN = re.compile(
    rf"\b(?:date of birth|birthday|birth date|d\.?o\.?b\.?|born)(?: is| was| on)?[ ,:]{{1,3}}"
    rf"({_NUMBER}(?:[ ,\-]{{1,2}}{_NUMBER}){{2,7}})\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"(?<![^\W_])(?:[^\W\d_](?: |-)){3,}[^\W\d_](?:   ?(?:[^\W\d_] )+[^\W\d_])*(?![^\W_])")
_ALPHABET = frozenset(("abcd", "abcde", "abcdef", "adek", "xyz"))
"""Runs of letters that spell no name: steps of resuscitation, vitamins."""


class Spelled:
    """Finds seven digits or more in words, dates of birth in words, and four letters or more one by one."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category PHONE, DATE and NAME."""
        for match in _DIGITS.finditer(text):
            yield Span(*match.span(), Category.PHONE, "spelled", 50)
        low = text.lower()
        if "birth" in low or "born" in low or "dob" in low or "d.o.b" in low:
            for match in _BORN.finditer(text):
                yield Span(*match.span(1), Category.DATE, "spelled", 50)
        for match in _LETTERS.finditer(text):
            spelled = "".join(letter for letter in match.group().lower() if letter.isalpha())
            if spelled not in _ALPHABET:
                yield Span(*match.span(), Category.NAME, "spelled", 40)
