"""Finding known identifiers from one place of a text on, and knowing when more text could change it.

The decision at a place depends on at most WINDOW characters from there. `decide` gives the hit that
starts there, or None, or `MORE` when the text ends before that is certain. So the same text gives the
same hits however it was cut (DESIGN promise 5).

- Names: the words of a full name, in the recorded orders, at most six other characters between two
  ("**Ada** **Test**").
- Codes: groups of letters and digits joined by up to three dashes, points, strokes, brackets or spaces,
  as numbers are written; a telephone number counts by its last ten digits.
- E-mail addresses: whole.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from phiward.domain.known import MIN_CODE_CHARACTERS, PHONE_DIGITS
from phiward.domain.patients import PatientRef
from phiward.domain.placeholders import Category
from phiward.guard.index import KnownIndex
from phiward.guard.prose import is_prose
from phiward.guard.tokens import ASCII_TOKEN, MAX_TOKEN, TOKEN, UNSEEN, is_prefix, seen, words_of

WINDOW = 96
MAX_GAP = 6
MAX_GROUPS = 8
MAX_CODE = 40

_AT, _DOT, _PART = "@\uff20", ".\uff0e", rf"\w\-{UNSEEN}"
_MAILISH = re.compile(rf"[{_PART}{_DOT}%+]*[{_AT}]?[{_PART}{_DOT}]*")
_MAIL = re.compile(rf"[{_PART}{_DOT}%+]+[{_AT}][{_PART}]+(?:[{_DOT}][{_PART}]+)+")
_JOINT = re.compile(r"[-.()/ \u00a0\u2007\u202f\u2010-\u2015\u2212\uff0d]{1,3}")
_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d\Z")
_DIGIT = re.compile(r"\d")
_JOINS = frozenset(f"_%+-{_AT}{_DOT}")
"""What makes an e-mail address or a number of the word before it."""
_CATEGORIES = frozenset(str(one) for one in Category)


@dataclass(frozen=True, slots=True)
class Hit:
    """A known identifier at [start, end) in code points, and whose it is."""

    start: int
    end: int
    owners: frozenset[PatientRef]


class _More:
    """The text ends before the decision is certain."""


MORE: Final = _More()
Decision = Hit | None | _More


def decide(text: str, start: int, end: int, index: KnownIndex, *, final: bool) -> Decision:
    """What begins with the token [start, end). `final`: no more text will come.

    The token must be whole: followed by another character, or the text final.
    """
    window = text[start : start + WINDOW]
    certain = final or len(window) == WINDOW
    longest: Hit | None = None
    token = window[: end - start]
    letters = token.isalpha() and token.isascii() and window[end - start : end - start + 1] not in _JOINS
    for find in _NAMES_ONLY if letters and not is_prefix(token) else _ALL:
        found = find(window, end - start, index, certain)
        if found is None:
            continue
        if isinstance(found, _More):
            return MORE
        if longest is None or found.end > longest.end:
            longest = found
    return longest and Hit(start, start + longest.end, longest.owners)


def plain(text: str, start: int, end: int, index: KnownIndex) -> bool:
    """Whether the token [start, end) surely begins nothing. It must be whole, as for `decide`."""
    return index.begins_nothing(text[start:end]) and text[end : end + 1] not in _JOINS


def _mail(text: str, end: int, index: KnownIndex, certain: bool) -> Decision:
    """An address whose first token ends at `end`. `text` begins with it, here and below."""
    if end < len(text) and text[end] not in _JOINS:
        return None
    run = _MAILISH.match(text)
    if run is None or (run.end() == len(text) and not certain):
        return MORE if run is not None else None
    found = _MAIL.match(text)
    if found is None:
        return None
    owners = index.owners("email", found[0].casefold()) or index.owners("email", seen(found[0]).casefold())
    return Hit(0, found.end(), owners) if owners else None


def _name(text: str, end: int, index: KnownIndex, certain: bool) -> Decision:
    words = list(words_of(text[:end]))
    lengths = index.name_lengths(words[0]) if words else ()
    if not lengths:
        return None
    ends = [end] * len(words)
    while len(words) < lengths[0]:
        following = _next_token(text, ends[-1], certain)
        if isinstance(following, _More):
            return MORE
        if following is None:
            break
        more = words_of(text[following[0] : following[1]])
        words += more
        ends += [following[1]] * len(more)
        if not more:
            ends[-1] = following[1]
    for length in lengths:
        if length <= len(words):
            owners = index.owners("name", " ".join(words[:length]))
            if owners and not is_prose(text[: ends[length - 1]]):
                return Hit(0, ends[length - 1], owners)
    return None


def _next_token(text: str, place: int, certain: bool) -> tuple[int, int] | _More | None:
    """The token after at most MAX_GAP separators; MORE when the text ends before that is known."""
    token = TOKEN.search(text, place, min(len(text), place + MAX_GAP + 1))
    if token is None:
        gone = len(text) > place + MAX_GAP
        return None if certain or gone else MORE
    whole = TOKEN.match(text, token.start())
    if whole is None:
        return None
    if whole.end() == len(text) and not certain:
        return MORE
    if "[" in text[place : token.start()] and whole[0] in _CATEGORIES and text.startswith("_", whole.end()):
        return None  # a placeholder, which no identifier may reach into
    return whole.start(), whole.end()


def _code(text: str, end: int, index: KnownIndex, certain: bool) -> Decision:
    joined, place, groups = "".join(words_of(text[:end])), end, 1
    if not joined.isalnum():
        return None
    numeric = _DIGIT.search(joined) is not None
    if not numeric and not _may_lead(text, end):
        return None
    best = _code_hit(text, place, joined, index) if numeric else None
    while groups < MAX_GROUPS and len(joined) < MAX_CODE:
        following = _next_group(text, place, certain)
        if isinstance(following, _More):
            return MORE
        if following is None:
            break
        joined += "".join(words_of(text[following[0] : following[1]]))
        place, groups = following[1], groups + 1
        best = _code_hit(text, place, joined, index) or best
    return best


def _may_lead(text: str, end: int) -> bool:
    """Whether letters alone may begin a number: before a dash, or as a short prefix in capitals."""
    return text.startswith("-", end) or is_prefix(text[:end])


def _next_group(text: str, place: int, certain: bool) -> tuple[int, int] | _More | None:
    if place >= len(text):
        return None if certain else MORE
    joint = _JOINT.match(text, place)
    if joint is None:
        return None
    if joint.end() >= len(text):
        return None if certain else MORE
    token = TOKEN.match(text, joint.end())
    if token is None:
        return None
    if token.end() == len(text) and not certain:
        return MORE
    goes_on = joint[0] == "-" or _DIGIT.search(token[0])
    return (token.start(), token.end()) if goes_on else None


def _code_hit(text: str, end: int, joined: str, index: KnownIndex) -> Hit | None:
    if len(joined) < MIN_CODE_CHARACTERS or _DATE.match(text[:end]):
        return None
    owners = index.owners("code", joined)
    if not owners and joined.isdigit() and len(joined) == PHONE_DIGITS + 1 and joined[0] == "1":
        owners = index.owners("code", joined[-PHONE_DIGITS:])
    return Hit(0, end, owners) if owners else None


_ALL = (_mail, _name, _code)
_NAMES_ONLY = (_name,)
"""Letters alone, with nothing behind them that joins, begin no address and no number."""


Mine = Callable[[str, frozenset[PatientRef]], bool]
"""Whether an identifier as it is written, of these owners, may stand in a text."""


def yields(text: str, hit: Hit, index: KnownIndex, mine: Mine, *, final: bool) -> bool | _More:
    """Whether a hit gives way to one that is `mine` and begins inside it: "Will Grace" in "Will Grace Young came".

    The authorised patient's own identifiers are taken out first. Looks no further than WINDOW from the hit's start.
    """
    window = text[: hit.start + WINDOW]
    certain = final or len(window) == hit.start + WINDOW
    for token in TOKEN.finditer(window, hit.start, hit.end):
        start, end = token.span()
        if start == hit.start or end > hit.end or (end < len(window) and plain(window, start, end, index)):
            continue
        found = decide(window, start, end, index, final=certain)
        if isinstance(found, _More):
            return MORE
        if found is not None and mine(window[found.start : found.end], found.owners):
            return True
    return False


def find_all(text: str, index: KnownIndex, mine: Mine | None = None) -> list[Hit]:
    """Every hit of a whole text, left to right, none inside another. With `mine`, others give way to what is."""
    hits: list[Hit] = []
    place = 0
    for token in (ASCII_TOKEN if text.isascii() else TOKEN).finditer(text):
        start, end = token.span()
        if start < place or (end - start <= MAX_TOKEN and plain(text, start, end, index)):
            continue
        for begin in range(start, end, MAX_TOKEN):
            found = decide(text, begin, min(end, begin + MAX_TOKEN), index, final=True)
            if not isinstance(found, Hit) or begin < place or (mine and _gives_way(text, found, index, mine)):
                continue
            hits.append(found)
            place = found.end
    return hits


def _gives_way(text: str, hit: Hit, index: KnownIndex, mine: Mine) -> bool:
    return not mine(text[hit.start : hit.end], hit.owners) and yields(text, hit, index, mine, final=True) is True


def find_names(tokens: list[str], index: KnownIndex) -> Iterator[str]:
    """Known names among these tokens, as they are written, whatever stood between those."""
    words = [(word, token) for token in tokens for word in words_of(token)]
    for start, (word, _) in enumerate(words):
        for length in index.name_lengths(word):
            part = words[start : start + length]
            if len(part) == length and index.owners("name", " ".join([one for one, _ in part])):
                yield " ".join(dict.fromkeys([token for _, token in part]))
