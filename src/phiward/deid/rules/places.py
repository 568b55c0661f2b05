"""(B) cities before a state, and ZIP codes. The city and the whole ZIP go, the state stays.

A ZIP goes whole in this form, although its first three digits may stay for populous areas: the
placeholder is resolved for the caller, so nothing is won by keeping them.
"""

import re
from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_CODES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|"
    "OH|OK|OR|"
    "PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|PR"
)
_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|"
    "Illinois|"
    "Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|"
    "Missouri|Montana|"
    "Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|"
    "Oklahoma|Oregon|"
    "Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|"
    "West Virginia|Wisconsin|Wyoming|Puerto Rico"
)
_STATE = re.compile(rf",\s?(?:({_CODES})|{_NAMES})\b\.?(?:,?\s+([0-9]{{5}}(?:-[0-9]{{4}})?)(?![0-9]))?")
_STATE_NAME = re.compile(rf",\s?(?:{_NAMES})\b", re.IGNORECASE)
_CITY = re.compile(
    r"(?:(?:Saint|St|Ft|Mt|Fort|Mount|El|La|Los|San|Santa|De|Des)\.?\s)?[A-Z][\w'\-]*(?:[ "
    r"\-][A-Z][\w'.\-]*){0,3}$"
)
_CREDENTIAL = frozenset(
    ("MD", "PA", "MA", "OR", "IN", "OK", "ME", "HI", "ID", "DC", "AL", "LA", "MS", "CO", "DE", "CT", "PR")
)
_PLACE_WORD = re.compile(
    r"\b(?:in|from|of|to|at|near|lives|living|resides?|residing|moved|city|address|born in|"
    r"outside)\b[^.\n]{0,8}$",
    re.IGNORECASE,
)
_ZIP = re.compile(
    rf"[0-9](?<![0-9A-Za-z.,].)[0-9]{{4}}(?:-[0-9]{{4}}(?![0-9\-])|(?<=\b(?:{_CODES})\s[0-9]{{5}}))(?![0-9])"
)
_NO_CITY = frozenset(["dr", "mr", "mrs", "ms", "patient", "md", "rn", "np", "do", "street", "road", "avenue"])


class Places:
    """Finds "City, ST 12345" and ZIP+4."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category CITY and ZIP; the state between them stays."""
        if "," in text:
            for match in _STATE.finditer(text):
                yield from _city(text, match)
        for match in _ZIP.finditer(text):
            yield Span(match.start(), match.end(), Category.ZIP, "zip", 60)


def _city(text: str, state: re.Match[str]) -> Iterable[Span]:
    code, postal = state.groups()
    if postal:
        yield Span(*state.span(2), Category.ZIP, "zip", 60)
    before = text[max(0, state.start() - 40) : state.start()]
    city = _CITY.search(before)
    if not city:
        return
    start = state.start() - len(before) + city.start()
    doubtful = code in _CREDENTIAL or city.group().isupper()
    if doubtful and not postal and not _PLACE_WORD.search(text[max(0, start - 14) : start]):
        return
    if city.group().split()[-1].lower().rstrip(".") in _NO_CITY:
        return
    yield Span(start, state.start(), Category.CITY, "city", 50)
