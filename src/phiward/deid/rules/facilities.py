"""Hospitals, clinics and other named institutions: treated as identifiers, with (A), like clinicians.

A department named by its specialty (Cardiology Clinic, Emergency Department) stays.
"""

import re
from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.deid.words import CLINICAL, FUNCTION
from phiward.domain.placeholders import Category

_NOUNS = (
    "Hospital|Medical Center|Medical Centre|Health System|Health Center|Healthcare|Clinic|Infirmary|Hospice|"
    "Nursing Home|Rehabilitation Center|Cancer Center|Surgery Center|Care Center|Medical Group|Pharmacy|"
    "University|"
    "Elementary School|High School|Church|Dialysis Center|Family Practice|Pediatrics|Assisted Living"
)
_FACILITY = re.compile(rf"(?:{_NOUNS})\b")
_BEFORE = re.compile(
    r"(?:(?:St|Mt|Ft)\.\s)?[A-Z][\w'\-]*(?:(?:\s|-)(?:of\s|and\s|&\s|the\s)?(?:St\.\s)?[A-Z][\w'\-]*){0,4}\s$"
)
_OF = re.compile(r"\sof\s(?:the\s)?[A-Z][\w'\-]+(?:\s[A-Z][\w'\-]+){0,2}")
_NEEDLES = (
    "Hospital",
    "Medical Cent",
    "Health",
    "Clinic",
    "Infirmary",
    "Hospice",
    "Nursing Home",
    "Center",
    "Pharmacy",
    "University",
    "School",
    "Church",
    "Family Practice",
    "Pediatrics",
    "Medical Group",
    "Assisted",
)


class Facilities:
    """Finds institutions by their noun and the proper name before or behind it."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category NAME."""
        if not any(needle in text for needle in _NEEDLES):
            return
        for match in _FACILITY.finditer(text):
            span = _named(text, match)
            if span:
                yield Span(*span, Category.NAME, "facility", 45)


def _named(text: str, noun: re.Match[str]) -> tuple[int, int] | None:
    before = text[max(0, noun.start() - 60) : noun.start()]
    proper = _BEFORE.search(before)
    words = list(re.finditer(r"[A-Z][\w'\-]*\.?", proper.group())) if proper else []
    while words and _ordinary(words[0].group()):
        words.pop(0)
    of = _OF.match(text, noun.end())
    if words and proper:
        start = noun.start() - len(before) + proper.start() + words[0].start()
        return start, of.end() if of else noun.end()
    if of and not all(_ordinary(word) for word in of.group().split()[1:]):
        return noun.start(), of.end()
    return None


def _ordinary(word: str) -> bool:
    low = word.lower()
    return (low in CLINICAL or low in FUNCTION) and not low.endswith(".")
