"""Where sentences begin and end in a clinical text. Every character that is no white space is in exactly one.

A sentence ends at `.`, `!` or `?` before white space, unless what stands before is a title ("Dr."), an initial, an
abbreviation before a small letter or a figure ("b.i.d. with", "No. 5") or the number of a list ("2."); at a blank
line; and at the end of a line, unless the line looks wrapped: the next one goes on in small letters, or this one is
long and ends without a mark. A decimal point has no space behind it and ends nothing.
"""

import re

_CANDIDATE = re.compile(r"(?<=[.!?])[\"')\]”’»]{0,3}\s+|[\n\r\f]\s*")  # noqa: RUF001 - closing quotation marks
_LINE_ENDS = frozenset("\n\r\f")
_LAST_WORD = re.compile(r"[^\s(\[\"']{1,16}\Z")
_BULLET = re.compile(r"(?:[-*•‣◦·–—>]|\(?\d{1,3}[.)]|\(?[A-Za-z][.)])\s")
_LIST_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z])\.")
_INITIAL = re.compile(r"[A-Z]\.")
_DOTTED = re.compile(r"(?:[A-Za-z]\.){2,}")
_TITLES = "dr mr mrs ms prof st mt vs fig approx e.g i.e cf al resp"
_SHORT_FORMS = """
no nos pt pts hx dx tx rx sx fx ca wt ht temp avg max min est dept hosp univ inc ltd co jr sr ext rm tab tabs cap caps
susp inj sol soln qty ref neg pos abd bid tid qid prn jan feb mar apr jun jul aug sep sept oct nov dec
"""
_NEVER_LAST = frozenset(_TITLES.split())
_SELDOM_LAST = frozenset(_SHORT_FORMS.split())
WRAPPED = 55
"""A line of at least this many characters that ends without a mark may go on in the next one."""


def spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of `text` from `start` to `end`: code points, ends exclusive, no white space at either end."""
    end = len(text) if end is None else end
    found: list[tuple[int, int]] = []
    begun = start
    for match in _CANDIDATE.finditer(text, start, end):
        if _ends_here(text, begun, match):
            _add(found, text, begun, match.end())
            begun = match.end()
    _add(found, text, begun, end)
    return found


def is_break(gap: str) -> bool:
    """Whether white space holds a blank line or the end of a page."""
    return gap.count("\n") > 1 or gap.count("\r") > 1 or "\f" in gap


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """The piece without the white space around it, if anything is left."""
    piece = text[start:end]
    if stripped := piece.strip():
        first = start + len(piece) - len(piece.lstrip())
        found.append((first, first + len(stripped)))


def _ends_here(text: str, begun: int, match: re.Match[str]) -> bool:
    gap = match[0]
    broken = not _LINE_ENDS.isdisjoint(gap)
    if broken and is_break(gap):
        return True
    following = text[match.end() : match.end() + 6]
    if gap[0] not in _LINE_ENDS:
        return _marks_an_end(text[max(begun, match.start() - 17) : match.start()], following, broken)
    return not _goes_on(text, begun, match.start(), following)


def _marks_an_end(before: str, following: str, broken: bool) -> bool:
    """`before` ends with the mark; it decides, and the first letters that follow."""
    if not before.endswith("."):
        return not following[:1].islower()
    last = _LAST_WORD.search(before)
    word = last[0] if last else before
    if _INITIAL.fullmatch(word) or (_LIST_NUMBER.fullmatch(word) and before.strip() == word):
        return False
    plain = word.rstrip(".").casefold()
    if plain in _NEVER_LAST:
        return False
    if plain in _SELDOM_LAST or _DOTTED.fullmatch(word):
        return following[:1].isupper() and following[1:2].islower()
    return not following[:1].islower() or (broken and _BULLET.match(following) is not None)


def _goes_on(text: str, begun: int, end: int, following: str) -> bool:
    """Whether the line that ends at `end` without a mark was wrapped and goes on in the next one."""
    if _BULLET.match(following):
        return False
    line = text[max(begun, end - 200) : end].rstrip()
    line = line[max(line.rfind("\n"), line.rfind("\r")) + 1 :]
    if line.endswith((":", ";")):
        return False
    return following[:1].islower() or (len(line) >= WRAPPED and following[:1].isalnum())
