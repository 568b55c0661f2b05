"""Names of the patient in context and of the people around: parts, neighbours, and the word test.

Every recorded name is cut into parts. A part found in a text is joined with its neighbours, title and
initials into one span. A part that is also an ordinary word counts only where the context says name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from phiward.deid.canonical import fold
from phiward.deid.spans import Span
from phiward.deid.words import EPONYM_TAIL, EPONYMS, TITLES, is_word
from phiward.domain.patients import Identifier, IdentifierKind
from phiward.domain.placeholders import Category

_PARTICLES = frozenset(
    [
        "de",
        "del",
        "della",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "da",
        "dos",
        "du",
        "di",
        "el",
        "al",
        "bin",
        "ibn",
        "st",
        "ter",
        "y",
        "jr",
        "sr",
        "ii",
        "iii",
        "iv",
    ]
)
_GAP = re.compile(
    r"(?:, ?|[ \t\n]{1,2}|[\-_.]|)(?:(?:[A-Z]\.?|van|von|de|der|den|del|della|da|dos|di|du|la|le|el|al|y|"
    r"\"[A-Za-z]+\"|\([A-Za-z]+\))[ \-]){0,2}",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:mr|mrs|ms|miss|mx|dr|prof|professor|doctor|rev|sra?|mr\.? (?:and|&) mrs)\.?\s{1,2}$", re.IGNORECASE
)
_INITIALS = re.compile(r"(?<![A-Za-z.'])(?:[A-Z]\.[ ]?){1,2}$|(?<![A-Za-z.'])[A-Z] $")
_SUFFIX = re.compile(r",? (?:Jr|Sr|II|III|IV)\b\.?")
_CALLED = re.compile(
    r"\b(?:patient|pt|client|resident|name|dear|hi|hello|hey|named|called|signed|member|surname|family|"
    r"given|first|last|"
    r"son|daughter|wife|husband|mother|father|sister|brother|mom|dad|spouse|partner|friend|"
    r"baby)['\"]?\s?[:,.(]?\s{0,2}['\"]?$",
    re.IGNORECASE,
)
_MID_SENTENCE = re.compile(r"[a-z,;]\s['\"(]?$")
_SPEAKS = re.compile(
    r"\s(?:reports?|reported|denies|denied|states|stated|presents|presented|complains|endorses|endorsed|"
    r"says|said|lives|"
    r"feels|asked|asks|has been|is an? [0-9]|was (?:seen|admitted|discharged|born)|tolerated|returned|"
    r"returns|called)\b"
)
_ABBREVIATIONS = frozenset(
    (
        "MD",
        "DO",
        "RN",
        "NP",
        "PA",
        "PO",
        "IV",
        "IM",
        "PM",
        "AM",
        "SC",
        "ER",
        "US",
        "DC",
        "UK",
        "EG",
        "IE",
        "PT",
        "OT",
        "DR",
    )
)


@dataclass(frozen=True, slots=True)
class _Part:
    text: str  # canonical, lower case
    owner: str  # given, family or relative
    word: bool  # also an ordinary word
    eponym: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    part: _Part


class NameMatcher:
    """Every name of the patient and of the people around, in all its spellings."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        """Only the kinds that are names are looked at."""
        self._parts: dict[str, _Part] = {}
        values: dict[IdentifierKind, list[str]] = {}
        for one in identifiers:
            values.setdefault(one.kind, []).append(fold(one.value).lower().strip())
        given = [*values.get(IdentifierKind.GIVEN, ()), *values.get(IdentifierKind.NICKNAME, ())]
        family = list(values.get(IdentifierKind.FAMILY, ()))
        self._add(given, "given")
        self._add(family, "family")
        for full in values.get(IdentifierKind.FULL_NAME, ()):
            words = [word for word in full.replace(",", " ").split() if word.strip(".") not in TITLES]
            self._add(words[:-1], "given")
            self._add(words[-1:], "family")
        self._initials = {part.text[0].upper() for part in self._parts.values()}
        self._monogram = self._monograms()
        self._add_joined(given, family)
        self._add(values.get(IdentifierKind.RELATIVE, ()), "relative")

    def find(self, text: str, low: str) -> Iterable[Span]:
        """Spans of PATIENT and, for relatives, NAME. `low` is `text` in lower case."""
        hits = [hit for name, part in self._parts.items() if name in low for hit in _hits(low, name, part)]
        if hits:
            for group in _groups(text, _apart(hits)):
                if self._is_name(text, group):
                    yield self._span(text, group)
        if self._monogram and "." in text:
            for match in self._monogram.finditer(text):
                before = text[match.start() - 1 : match.start()]
                if before.isalnum() or before == ".":
                    continue
                yield Span(match.start(), match.end(), Category.PATIENT, "known_initials", 85)

    def _add(self, names: Iterable[str], owner: str) -> None:
        for name in names:
            for piece in name.split():
                for form in _forms(piece.strip(".,()\"'")):
                    if len(form) >= 2 and form not in _PARTICLES and form not in self._parts and form not in TITLES:
                        self._parts[form] = _Part(form, owner, is_word(form), form in EPONYMS)

    def _add_joined(self, given: list[str], family: list[str]) -> None:
        """`margaretokafor`, `okaformargaret`, `mokafor`: user names and file names."""
        for one in given:
            for two in family:
                a, b = (re.sub(r"[^a-z]", "", name) for name in (one, two))
                for joined in (a + b, b + a, a[:1] + b, b + a[:1]):
                    if len(joined) >= 6 and a and b and joined not in self._parts and not is_word(joined):
                        self._parts[joined] = _Part(joined, "given", False, False)

    def _monograms(self) -> re.Pattern[str] | None:
        first = {part.text[0].upper() for part in self._parts.values() if part.owner == "given"}
        last = {part.text[0].upper() for part in self._parts.values() if part.owner == "family"}
        pairs = sorted(f"{a}{b}" for a in first for b in last if a + b not in _ABBREVIATIONS and (a + b).isalpha())
        if not pairs:
            return None
        branches = "|".join(rf"{pair[0]}\. ?(?:[A-Z]\. ?)?{pair[1]}\." for pair in pairs)
        return re.compile(rf"(?:{branches})(?!\w)")

    def _is_name(self, text: str, group: list[_Hit]) -> bool:
        if len({hit.part.text for hit in group}) > 1:
            return _one_name(text, group)
        return any(_stands_as_name(text, hit, self._initials) for hit in group)

    def _span(self, text: str, group: list[_Hit]) -> Span:
        start, end = group[0].start, group[-1].end
        before = text[max(0, start - 16) : start]
        initials = _INITIALS.search(before)
        if initials and (initials.group()[0] in self._initials or "." in initials.group()):
            start -= len(before) - initials.start()
            before = text[max(0, start - 16) : start]
        title = _TITLE.search(before)
        if title:
            start -= len(before) - title.start()
        after = text[end : end + 3]
        if len(after) == 3 and after[0] == " " and after[2] == "." and after[1] in self._initials:
            end += 3
        suffix = _SUFFIX.match(text, end)
        owners = {hit.part.owner for hit in group}
        relative = "relative" in owners and "given" not in owners
        category = Category.NAME if relative else Category.PATIENT
        return Span(start, suffix.end() if suffix else end, category, "known_name", 90)


def _forms(piece: str) -> Iterable[str]:
    """The part, its hyphen parts, without digits, without apostrophe."""
    yield piece
    plain = re.sub(r"[0-9]+", "", piece)
    yield plain
    if "-" in plain:
        yield from (part for part in plain.split("-") if len(part) > 2)
        yield plain.replace("-", " ")
    if "'" in plain:
        yield plain.replace("'", "")
        yield plain.replace("'", " ")


def _hits(low: str, name: str, part: _Part) -> Iterable[_Hit]:
    start = low.find(name)
    while start >= 0:
        end = start + len(name)
        if not low[start - 1 : start].isalnum() or start == 0:
            if name[-1].isalpha():
                while low[end : end + 1].isdigit():
                    end += 1
            if not low[end : end + 1].isalnum():
                yield _Hit(start, end, part)
        start = low.find(name, start + 1)


def _apart(hits: list[_Hit]) -> list[_Hit]:
    """Longest first where two parts lie over each other."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _groups(text: str, hits: list[_Hit]) -> Iterable[list[_Hit]]:
    group = [hits[0]]
    for hit in hits[1:]:
        gap = text[group[-1].end : hit.start]
        if len(gap) <= 16 and gap and _GAP.fullmatch(gap):
            group.append(hit)
        else:
            yield group
            group = [hit]
    yield group


def _one_name(text: str, group: list[_Hit]) -> bool:
    """Two different parts side by side. Words alone must all be written in one way."""
    if not all(hit.part.word for hit in group):
        return True
    written = [text[hit.start : hit.end] for hit in group]
    if all(word.islower() for word in written):
        joined = text[group[0].start : group[-1].end]
        return joined.count(" ") == len(group) - 1 and "," not in joined and group[0].part.owner == "given"
    return all(word[0].isupper() for word in written)


def _stands_as_name(text: str, hit: _Hit, initials: set[str]) -> bool:
    written = text[hit.start : hit.end]
    before = text[max(0, hit.start - 28) : hit.start]
    if _TITLE.search(before):
        return True
    if hit.part.eponym and EPONYM_TAIL.match(text, hit.end):
        return False
    if not hit.part.word:
        if written[0].isupper():
            return len(written) > 2 or not written.isupper()
        return len(written) >= 4
    if not written[0].isupper():
        return False
    initial = _INITIALS.search(before)
    if initial and initial.group()[0] in initials:
        return True
    capitals = written.isupper() and len(written) > 1
    called = _CALLED.search(before)
    if called and not (capitals and called.group().rstrip()[-1].isalpha()):
        return True
    after = text[hit.end : hit.end + 28]
    if after[:1] == "," and after[1:2] in (" ", "") and re.match(r", [A-Z]\.", after):
        return after[2] in initials
    if capitals:
        return False
    if EPONYM_TAIL.match(text, hit.end):
        return False
    if _MID_SENTENCE.search(before):
        return True
    return bool(_SPEAKS.match(after)) or after[:2] == "'s"
