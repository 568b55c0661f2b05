"""Numbers and codes of the patient in context, in any separator spelling, and their last four digits.

A copy of the text without separators answers "is it there at all"; only then a pattern looks for the
place. O for 0 and l or I for 1 are read as the digit (scanned text).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from phiward.deid.canonical import fold
from phiward.deid.spans import Span
from phiward.domain.patients import Identifier, IdentifierKind
from phiward.domain.placeholders import Category

CATEGORIES = {
    IdentifierKind.MRN: Category.MRN,
    IdentifierKind.SSN: Category.SSN,
    IdentifierKind.PHONE: Category.PHONE,
    IdentifierKind.ACCOUNT: Category.ACCOUNT,
    IdentifierKind.LICENSE: Category.LICENSE,
    IdentifierKind.PASSPORT: Category.ID,
    IdentifierKind.OTHER_ID: Category.ID,
    IdentifierKind.POSTAL_CODE: Category.ZIP,
}

MIN_LENGTH = 5
"""A shorter code counts only behind a label; a lab value may look the same."""

_SQUEEZE: dict[int, int | None] = {ord(c): None for c in " \t\n\r.,-/\\()_#:+*"}
_SQUEEZE.update({ord("o"): ord("0"), ord("l"): ord("1"), ord("i"): ord("1")})
_LOOKS_LIKE = {"0": "[0oO]", "1": "[1lI]"}
_SEPARATOR = r"[\s.,\-/\\()_]{0,3}"
_LABEL = re.compile(
    r"\b(?:mrn|mr|record|chart|account|acct|id|number|no|patient|pt|ssn|social|license|member|zip|code|"
    r"case|visit)\b"
    r"[^0-9A-Za-z]{0,6}(?:number|no\.?|id|is|\#|:|\s){0,4}$|#\s?$",
    re.IGNORECASE,
)
_LAST_FOUR = re.compile(
    r"(?:end(?:s|ing)?(?: in| with)?|last (?:four|4)|ssn|ss#|social|phone|card|account|acct|mrn|x{2,}|"
    r"\*{2,}|number|no\.?|#)"
    r"[^0-9\n.]{0,24}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Code:
    squeezed: str
    pattern: re.Pattern[str]
    category: Category


class CodeMatcher:
    """MRN, SSN, telephone, account, licence and other numbers of one patient."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        """Other kinds are passed over."""
        self._codes: list[_Code] = []
        self._last_four: list[tuple[str, Category]] = []
        seen: set[str] = set()
        for one in identifiers:
            category = CATEGORIES.get(one.kind)
            for code in _spellings(one) if category else ():
                if category and code not in seen:
                    seen.add(code)
                    self._codes.append(_Code(code.translate(_SQUEEZE), _pattern(code), category))
                    last = code[-4:], category
                    whole = one.kind is not IdentifierKind.POSTAL_CODE and len(code) >= 6 and last[0].isdigit()
                    if whole and last not in self._last_four:
                        self._last_four.append(last)

    def find(self, text: str, low: str) -> Iterable[Span]:
        """Spans in the category of the identifier. `low` is `text` in lower case."""
        squeezed = low.translate(_SQUEEZE)
        for code in self._codes:
            if code.squeezed in squeezed:
                for match in code.pattern.finditer(text):
                    if len(code.squeezed) >= MIN_LENGTH or _LABEL.search(
                        text[max(0, match.start() - 24) : match.start()]
                    ):
                        opened = text[match.start() - 1 : match.start()] == "(" and ")" in match.group()
                        yield Span(match.start() - opened, match.end(), code.category, "known_code", 90)
        for digits, category in self._last_four:
            if digits in low:
                yield from _last_four(text, digits, category)


def _spellings(one: Identifier) -> Iterable[str]:
    """The code, and without the letters in front of it: `MRN-00482915` is also written 00482915."""
    code = _plain(one)
    if code:
        yield code
        digits = code.lstrip("abcdefghijklmnopqrstuvwxyz")
        if digits != code and len(digits) >= MIN_LENGTH and digits.isdigit():
            yield digits


def _plain(one: Identifier) -> str:
    code = re.sub(r"[^a-z0-9]", "", fold(one.value).lower())
    if one.kind is IdentifierKind.PHONE:
        code = re.sub(r"[^0-9]", "", re.split(r"x|ext", one.value.lower())[0])
        code = code[-10:] if len(code) > 10 and code.startswith("1") else code
    if one.kind is IdentifierKind.POSTAL_CODE and len(code) == 9:
        code = code[:5]
    return code if len(code) >= 3 and any(c.isdigit() for c in code) else ""


def _pattern(code: str) -> re.Pattern[str]:
    """Begins with a set of characters, so that the search is fast; what stands before is looked at second."""
    first, *rest = (_LOOKS_LIKE.get(c, f"[{c}]" if c.isdigit() else f"[{c}{c.upper()}]") for c in code)
    before = "[0-9]" if code[0].isdigit() else "[0-9A-Za-z]"
    return re.compile(f"{first}(?<!{before}.){''.join(_SEPARATOR + one for one in rest)}(?![0-9A-Za-z])", re.DOTALL)


def _last_four(text: str, digits: str, category: Category) -> Iterable[Span]:
    start = text.find(digits)
    while start >= 0:
        end = start + 4
        alone = not text[start - 1 : start].isdigit() and not text[end : end + 1].isalnum()
        if alone and _LAST_FOUR.search(text[max(0, start - 36) : start]):
            yield Span(start, end, category, "known_last_four", 75)
        start = text.find(digits, end)
