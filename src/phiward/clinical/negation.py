"""What a text affirms, what it denies, and what it leaves open: each content word with its polarity.

In the manner of NegEx (Chapman et al., J Biomed Inform 2001): a trigger denies what follows it, or what stands before
it, for at most six words of its clause, and on through a list. "but", a verb of its own behind a comma, and the end of
a clause end the scope; what follows a preposition in it ("no pain on exertion") stays neutral. In the same way "rule
out", "possible" or "family history of" leave a finding open, and a drug that was stopped is denied. English only.
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum

from phiward.clinical.drugs import drug_of
from phiward.clinical.words import EXPANSIONS, is_content, stem, word_set

REACH = 6
"""How many content words a trigger reaches."""


@dataclass(frozen=True, slots=True)
class Polarity:
    """Stems of content words; drugs stand under their generic name. A word may be in several sets; `words` holds all.

    `neutral`: behind a preposition in a denied clause. `opened`: possible, to be ruled out, or someone else's.
    """

    words: frozenset[str] = field(repr=False)
    affirmed: frozenset[str] = field(repr=False)
    denied: frozenset[str] = field(repr=False)
    neutral: frozenset[str] = field(repr=False)
    opened: frozenset[str] = field(repr=False)


class _Mark(IntEnum):
    AFFIRMED = 0
    DENIED = 1
    NEUTRAL = 2
    OPEN = 3


_TOKEN = re.compile(r"[^\W\d_][^\W_]*(?:'[^\W_]+)?|[,;|]|[.!?]+(?=\s|$)|\n(?=\s*(?:\n|[^a-z\s]))")
_ENDS = frozenset(";|")
_BEFORE = word_set("no not without never neither nor denies deny denying cannot lacks lacking negates")
_BEHIND = word_set("negative absent none nil")
_VERBS = word_set("denied stopped discontinued held stops stop discontinue discontinues stopping")
_EXCLUDED = word_set("ruled rule excluded exclude")
_PHRASES = frozenset({("absence", "of"), ("free", "of"), ("lack", "of"), ("negative", "for"), ("ruled", "out")})
_OPEN = word_set("possible possibly probable probably suspected suspicious questionable potential presumed if")
_OPEN_PHRASES = frozenset(
    {("rule", "out"), ("concern", "for"), ("risk", "of"), ("risk", "for"), ("evaluate", "for")}
    | {(relative, "history") for relative in ("family", "mother", "father", "maternal", "paternal")}
)
_AUXILIARY = word_set("is are was were be been being")
_TURNS = word_set("but however although though except yet aside besides who which when while whereas")
"""These end a scope wherever they stand."""
_NEW_VERBS = word_set(
    "started starts began begun initiated switched replaced resumed continue continues continued reports complains "
    "endorses admits presents presented"
)
"""These end a scope that already denies something."""
_PREPOSITIONS = word_set("on in at during since after before from due because by with despite via as")
_ASSERTS = word_set(
    "is are was were has have had clear normal noted positive stable soft intact improved elevated increased "
    "decreased reports complains endorses admits presents shows takes continues started remains resolved worse "
    "worsening does did he she they patient pt it i his her regular symmetric alert oriented consistent there"
)
_SEEN = word_set(
    "seen present found noted identified evident detected appreciated visualized observed demonstrated documented "
    "reported apparent palpated heard elicited"
)
_SAYS_HOW = _BEFORE | _BEHIND | _VERBS | _EXCLUDED | _OPEN | word_set("absence lack free denying")
"""Triggers are no findings themselves."""
_NO_PREFIX = re.compile(r"non(?!e\b|ethe)[a-z]{4,}\Z")


def polarity(text: str, dosed: frozenset[str] = frozenset()) -> Polarity:
    """The content words of a plain text. `dosed`: words that a dose follows in the passages, which are drugs then."""
    sets: tuple[set[str], ...] = (set(), set(), set(), set())
    terms: dict[str, str | None] = {}
    for clause in _clauses(text):
        marks = _marks(clause)
        for word, mark in zip(clause, marks, strict=True):
            if word not in terms:
                terms[word] = _term(word, dosed)
            if (term := terms[word]) is not None:
                sets[mark].add(term)
    return Polarity(frozenset().union(*sets), *map(frozenset, sets))


def _term(word: str, dosed: frozenset[str]) -> str | None:
    if not word[0].isalpha() or word in _SAYS_HOW or not is_content(word):
        return None
    return drug_of(word, dosed) or stem(word)


def _clauses(text: str) -> list[list[str]]:
    """Lower-case words and commas; a stop, a semicolon and a new line that begins something end a clause."""
    clauses: list[list[str]] = [[]]
    for token in _TOKEN.findall(text):
        if token[0] in ".!?\n" or token in _ENDS:
            clauses.append([])
            continue
        word = token.lower()
        if "'" in word:
            word = "not" if word.endswith("n't") else word.partition("'")[0]
        if word in EXPANSIONS:
            clauses[-1] += EXPANSIONS[word]
        elif word.startswith("non") and _NO_PREFIX.match(word):
            clauses[-1] += ["no", word[3:], "but"]
        elif clauses[-1][-1:] == ["non"]:
            clauses[-1][-1:] = ["no", word, "but"]
        else:
            clauses[-1].append(word)
    return [clause for clause in clauses if clause]


def _marks(clause: list[str]) -> list[_Mark]:
    """The polarity of each token; later triggers override what earlier ones say of the same word."""
    marks = [_Mark.AFFIRMED] * len(clause)
    place = 0
    while place < len(clause):
        place = _trigger(clause, place, marks)
    return marks


def _trigger(clause: list[str], place: int, marks: list[_Mark]) -> int:
    """Apply the trigger at `place`, if there is one; return where to read on."""
    word, pair = clause[place], tuple(clause[place : place + 2])
    if word in _BEFORE:
        return _negator(clause, place, marks)
    if pair in _OPEN_PHRASES or word in _OPEN:
        width = 2 if pair in _OPEN_PHRASES else 1
        backward = place > 0 and clause[place - 1] in _AUXILIARY
        (_backward if backward else _forward)(clause, place - 1 if backward else place + width, marks, _Mark.OPEN)
        return place + width
    if pair in _PHRASES:
        _verb(clause, place, place + 2, marks) if word == "ruled" else _forward(clause, place + 2, marks, _Mark.DENIED)
        return place + 2
    if word in _VERBS or word == "excluded":
        _verb(clause, place, place + 1, marks)
    elif word in _BEHIND and clause[place - 1 : place] != ["gram"]:
        if place > 0 and clause[place - 1] != ",":
            _backward(clause, place - 1, marks, _Mark.DENIED)
        else:
            _forward(clause, place + 1, marks, _Mark.DENIED)
    return place + 1


def _negator(clause: list[str], place: int, marks: list[_Mark]) -> int:
    ahead = clause[place + 1 : place + 5]
    if ahead[:1] == ["only"]:
        return place + 1
    for distance, word in enumerate(ahead, 1):
        if word in _EXCLUDED:  # "cannot be ruled out" leaves it open
            end = place + distance + (2 if clause[place + distance + 1 : place + distance + 2] == ["out"] else 1)
            _backward(clause, place - 1, marks, _Mark.OPEN)
            _forward(clause, end, marks, _Mark.OPEN)
            return end
        if word in _VERBS and distance <= 2:  # "not stopped" denies nothing
            return place + distance + 1
    if clause[place - 1 : place] and clause[place - 1] in _AUXILIARY and _SEEN.intersection(ahead[:2]):
        _backward(clause, place - 1, marks, _Mark.DENIED)
        return place + 2
    _forward(clause, place + 1, marks, _Mark.DENIED)
    return place + 1


def _verb(clause: list[str], start: int, end: int, marks: list[_Mark]) -> None:
    """ "was stopped", "stopped" at the end: what stands before it. "stopped X": X, and a noun right before it too."""
    before = clause[start - 1] if start else ","
    passive = before in _AUXILIARY or end >= len(clause) or clause[end] in _PREPOSITIONS or clause[end] == ","
    if passive or (is_content(before) and before != ","):
        _backward(clause, start - 1, marks, _Mark.DENIED, REACH if passive else 1)
    if not passive:
        _forward(clause, end, marks, _Mark.DENIED)


def _forward(clause: list[str], place: int, marks: list[_Mark], mark: _Mark) -> None:
    left, marked = REACH, False
    while place < len(clause):
        word = clause[place]
        if word in _TURNS or (marked and word in _NEW_VERBS):
            return
        if word in (",", "and", "or"):
            if not _goes_on(clause, place + 1):
                return
            left = REACH
        elif marked and word in _PREPOSITIONS:
            _neutral(clause, place, marks)
            return
        elif is_content(word):
            if not left:
                return
            marks[place], left = mark, left - 1
            marked = marked or word not in _NEW_VERBS  # "not started on X" goes on to X
        place += 1


def _goes_on(clause: list[str], place: int) -> bool:
    """Whether the next item of a list still stands under the trigger: it asserts nothing of its own."""
    for word in clause[place:]:
        if word in (",", "or", "and") or word in _BEFORE or word in _TURNS:
            return True
        if word in _ASSERTS:
            return False
    return True


def _neutral(clause: list[str], place: int, marks: list[_Mark]) -> None:
    while place < len(clause) and clause[place] not in _TURNS and clause[place] != ",":
        marks[place] = _Mark.NEUTRAL
        place += 1


def _backward(clause: list[str], place: int, marks: list[_Mark], mark: _Mark, reach: int = REACH) -> None:
    while place >= 0 and reach:
        word = clause[place]
        if word in _TURNS or word == ",":
            return
        if is_content(word):
            marks[place], reach = mark, reach - 1
        place -= 1
