"""Dates and telephone numbers as scanners misread them: O for 0, l and I for 1; in dates S for 5 and B for 8."""

import re
from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_D = r"[0-9OolISB]"
_DATE = re.compile(rf"(?<![\w/])({_D}{{1,2}})([/\-.])({_D}{{1,2}})\2((?:[12l]{_D}{{3}})|{_D}{{2}})(?![\w/])")
_T = r"[0-9OolI]"
_PHONE = re.compile(rf"(?<!\w)\(?{_T}{{3}}\)?[ .\-]{{1,2}}{_T}{{3}}[ .\-]{{1,2}}{_T}{{4}}(?!\w)")
_READ = str.maketrans("OolISB", "001158")


class Scanned:
    """Finds what would be a date or a telephone number, were its letters the digits that they look like."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category DATE and PHONE. At least half of the signs must be digits as they stand."""
        for match in _DATE.finditer(text):
            first, second = (int(match.group(part).translate(_READ)) for part in (1, 3))
            if _misread(match.group()) and 1 <= min(first, second) <= 12 and max(first, second) <= 31:
                yield Span(*match.span(), Category.DATE, "scanned", 45)
        for match in _PHONE.finditer(text):
            if _misread(match.group()):
                yield Span(*match.span(), Category.PHONE, "scanned", 45)


def _misread(text: str) -> bool:
    digits = sum(letter.isdigit() for letter in text)
    letters = sum(letter.isalpha() for letter in text)
    return 0 < letters <= digits
