"""Headings of a plain text: where its sections begin, and what they are called.

A heading is a line, or the beginning of one, of at most 80 characters:
- marked: "## Plan", "**Plan**", or underlined with dashes or equals signs;
- ending with a colon: "Plan:";
- leading into a text: "ASSESSMENT: stable" in capitals, or in any case if it names a usual section ("Plan: rest");
- in capitals alone after a blank line, in a text that is not written in capitals throughout.

Nothing is lost: a heading belongs to the section that it opens, and what stands before the first one is a section
without a title. A heading with nothing under it is read together with the next one ("Examination / Lungs").
"""

import re
from collections.abc import Iterator

from phiward.domain.documents import Section
from phiward.retrieval.sentences import is_break

LONGEST = 80
_LINE = re.compile(r"[^\n\r\f]+")
_MARKED = re.compile(r"#{1,6}\s+(.*\w.*)|\*\*(.*\w.*)\*\*:?|__(.*\w.*)__:?")
_RULE = re.compile(r"([-=_~*])\1{2,}")
_NUMBER = re.compile(r"(?:\d{1,2}|[IVX]{1,4})[.)]\s+")
_LEAD = re.compile(r"([^\W\d_][^:.;,!?]{1,58}):(?=\s)")
_USUAL = frozenset(
    """abdomen|active problems|admission diagnosis|allergies|allergies and adverse reactions|anesthesia|assessment
    |assessment and plan|assessment & plan|assessment/plan|a/p|brief hospital course|cc|chief complaint
    |clinical history|complications|course|current medications|description of procedure|diagnosis|diagnoses
    |discharge condition|discharge diagnosis|discharge diagnoses|discharge disposition|discharge instructions
    |discharge medications|disposition|ekg|examination|exam|family history|findings|follow-up|follow up|history
    |history of present illness|history of presenting illness|home medications|hospital course|hpi|imaging
    |immunizations|impression|impression and plan|indication|indications|instructions|interval history
    |interpretation|lab results|laboratory data|labs|medical history|medication list|medications
    |medications on admission|medications on discharge|mental status|objective|operation|past medical history
    |past surgical history|pathology|physical exam|physical examination|plan|plan of care|pmh|postoperative diagnosis
    |preoperative diagnosis|present illness|problem list|problems|procedure|procedures|reason for consultation
    |reason for referral|reason for visit|recommendation|recommendations|results|review of systems|ros
    |social history|specimen|studies|subjective|summary|surgical history|technique|treatment|vital signs|vitals
    """.replace("\n", " ")
    .replace(" |", "|")
    .strip()
    .split("|")
)


def find(text: str) -> tuple[Section, ...]:
    """Sections that together cover `text`, in order; one without a title where it has no heading."""
    starts = [(0, ""), *_openings(text)]
    found: list[Section] = []
    waiting: list[str] = []
    begun = 0
    for (start, title), (end, _) in zip(starts, [*starts[1:], (len(text), "")], strict=True):
        waiting += [title] if title else []
        if end < len(text) and _says_nothing(text[start:end], title):
            continue
        if begun < end:
            found.append(Section(begun, end, " / ".join(waiting)))
        begun, waiting = end, []
    return tuple(found)


def _says_nothing(piece: str, title: str) -> bool:
    """Whether there is no more in it than the title and marks of a heading."""
    left = piece.replace(title, "", 1).strip()
    return len(left) <= LONGEST and not any(c.isalnum() for c in left)


def _openings(text: str) -> Iterator[tuple[int, str]]:
    """Where each heading begins, and its words."""
    shouted = sum(map(str.islower, text)) * 4 < sum(map(str.isupper, text))
    lines = [match for match in _LINE.finditer(text) if not match[0].isspace()]
    for number, match in enumerate(lines):
        line = match[0].strip()
        alone = number == 0 or is_break(text[lines[number - 1].end() : match.start()])
        below = lines[number + 1] if number + 1 < len(lines) else None
        if title := _title(line, _underlined(text, match, below), alone and not shouted):
            yield match.start() + match[0].index(line[0]), title


def _underlined(text: str, line: re.Match[str], below: re.Match[str] | None) -> bool:
    if below is None or is_break(text[line.end() : below.start()]):
        return False
    return _RULE.fullmatch(below[0].strip()) is not None


def _title(line: str, underlined: bool, bare: bool) -> str:
    """The words of the heading that `line` is or begins with, else "". `bare`: capitals alone make one here."""
    if len(line) <= LONGEST:
        if marked := _MARKED.fullmatch(line):
            return _plain(marked[1] or marked[2] or marked[3])
        if underlined and _has_letters(line, 2):
            return _plain(line)
        unnumbered = _NUMBER.sub("", line, count=1)
        if line.endswith(":") and unnumbered[0].isalpha() and _plain(unnumbered) and "." not in unnumbered:
            return _plain(unnumbered)
        if bare and _in_capitals(unnumbered):
            return _plain(unnumbered)
    if ":" in line[:LONGEST] and (lead := _LEAD.match(_NUMBER.sub("", line[: LONGEST + 1], count=1))):
        words = " ".join(lead[1].split())
        if words.casefold() in _USUAL or (words.isupper() and _has_letters(words, 8)):
            return words
    return ""


def _in_capitals(line: str) -> bool:
    return line.isupper() and _has_letters(line, 4) and not any(c.isdigit() for c in line) and line[-1] not in ".!?,;"


def _has_letters(line: str, least: int) -> bool:
    return sum(c.isalpha() for c in line) >= least


def _plain(title: str) -> str:
    return " ".join(title.strip(" \t#*_:").split())
