"""(B) street addresses: number and street, post boxes, rural routes, apartments."""

import re
from collections.abc import Iterable

from phiward.deid.rules.scan import match_at
from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

STREET_TYPES = (
    ("street", "st"),
    ("avenue", "ave"),
    ("road", "rd"),
    ("boulevard", "blvd"),
    ("drive", "dr"),
    ("lane", "ln"),
    ("court", "ct"),
    ("place", "pl"),
    ("terrace", "ter"),
    ("circle", "cir"),
    ("parkway", "pkwy"),
    ("highway", "hwy"),
    ("square", "sq"),
    ("trail", "trl"),
    ("way", "way"),
    ("alley", "aly"),
    ("crossing", "xing"),
    ("route", "rte"),
    ("turnpike", "tpke"),
    ("crescent", "cres"),
    ("plaza", "plz"),
    ("heights", "hts"),
    ("run", "run"),
    ("expressway", "expy"),
    ("extension", "ext"),
    ("grove", "grv"),
    ("ridge", "rdg"),
    ("point", "pt"),
    ("bypass", "byp"),
)
"""Street types and their usual abbreviations (USPS Publication 28)."""

_SAFE_SHORT = "st|ave?|rd|blvd|dr|ln|ter|cir|pkwy|hwy|sq|trl|tpke|cres|plz"
_LONG = "|".join(
    long for long, _ in STREET_TYPES if long not in ("extension", "point", "run", "heights", "way", "place")
)
_CAPITALISED = (
    "|".join(f"{long.title()}|{short.title()}" for long, short in STREET_TYPES)
    + "|Av|ST|STREET|AVE|AVENUE|ROAD|RD|DRIVE|DR|LANE|LN|BLVD|BOULEVARD|COURT|"
    + "PLACE|WAY|CIRCLE|TERRACE|PKWY|HWY|TRAIL|TRL"
)
_UNIT = (
    r"(?:,?\s+(?:(?:Apt|Apartment|Unit|Suite|Ste|Rm|Lot|Trlr|Fl|Floor|Bldg)\.?\s?#?\s?[0-9A-Za-z\-]{1,6}\b|"
    r"#\s?[0-9A-Za-z\-]{1,6}\b))?"
)
_DIRECTION = r"(?:(?:[NSEW]|NE|NW|SE|SW|North|South|East|West)\.?\s)?"
_PROPER = re.compile(
    rf"[0-9](?<![0-9A-Za-z.,/].)[0-9]{{0,5}}(?:-[0-9]{{1,4}})?[A-Za-z]?(?:\s1/2)?,?\s{_DIRECTION}"
    rf"(?:(?:[A-Z][\w'.\-]*|[0-9]{{1,3}}(?:st|nd|rd|th|ST|ND|RD|TH))\s){{1,4}}?(?:{_CAPITALISED})\b\.?"
    rf"(?:\s(?:NE|NW|SE|SW|N|S|E|W)\b\.?)?{_UNIT}"
)
_LOWER = re.compile(
    rf"[0-9](?<![0-9A-Za-z.,/].)[0-9]{{1,5}}\s(?:[nsew]\.?\s)?(?:[a-z][a-z'\-]{{2,}}|[0-9]{{1,3}}(?:st|nd|"
    rf"rd|th))"
    rf"(?:\s[a-z][a-z'\-]{{2,}})?\s(?:{_LONG}|blvd|rd|ave)\b\.?{_UNIT}",
    re.IGNORECASE,
)
_LOWER_STOP = re.compile(
    r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|mg|ml|the|and|for|with|from|miles?|feet|times|per|"
    r"pain|blood|drinks?)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:on|at|near|of|from|off|lives)\s((?:[A-Z][\w'\-]+\s){1,3}(?:Street|Avenue|Road|Boulevard|Lane|"
    r"Drive|Parkway|Terrace|Blvd|Ave|Rd))\b"
)
_BOX = re.compile(
    r"\b(?:P\.?\s?O\.?\s?|post office\s)box\s?#?\s?[0-9]{1,7}\b|\bR\.?R\.?\s?[0-9]+,?\sbox\s?[0-9]+\b", re.I
)
_ROAD = re.compile(
    r"[0-9](?<![0-9A-Za-z.,/].)[0-9]{0,5}\s(?:[NSEW]\.?\s)?(?:(?:U\.?\s?S\.?|State|County|Old|Farm)\s)*"
    rf"(?:Highway|Hwy|Route|Rte|Rt|Road|CR|SR|FM|HIGHWAY|HWY)\s?[0-9]{{1,4}}\b(?:\s(?:North|South|East|"
    rf"West|[NSEW])\b)?{_UNIT}"
)
_APARTMENT = re.compile(
    r"(?:Apt|Apartment|Suite|Ste|Trailer)(?:\.\s?|\s)#?\s?(?:[0-9]{1,5}[A-Za-z]?|[A-Z]-?[0-9]{1,4}|"
    r"(?-i:[A-Z]))\b",
    re.I,
)


class Addresses:
    """Finds streets, boxes and apartments. Rooms, beds and floors alone stay."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category ADDRESS, from the house number to the apartment."""
        low = text.lower()
        yield from _spans(_PROPER, text, "street", 58)
        if any(kind in low for kind in _LOWER_NEEDLES):
            for match in _LOWER.finditer(text):
                if not _LOWER_STOP.search(match.group()):
                    yield Span(match.start(), match.end(), Category.ADDRESS, "street", 50)
            for match in _NAMED.finditer(text):
                yield Span(*match.span(1), Category.ADDRESS, "street_name", 45)
        if "box" in low:
            yield from _spans(_BOX, text, "post_box", 60)
        if " hwy" in low or "highway" in low or " rt" in low or "route" in low or " road " in low or " sr" in low:
            yield from _spans(_ROAD, text, "road", 57)
        for match in match_at(_APARTMENT, text, low, ("apt", "apartment", "suite", "ste", "trailer")):
            yield Span(match.start(), match.end(), Category.ADDRESS, "apartment", 40)


_LOWER_NEEDLES = (
    "street",
    "avenue",
    "road",
    "boulevard",
    "lane",
    "drive",
    "parkway",
    "terrace",
    "blvd",
    "court",
    " ave",
    " rd",
    "circle",
    "trail",
)


def _spans(pattern: re.Pattern[str], text: str, name: str, priority: int) -> Iterable[Span]:
    for match in pattern.finditer(text):
        yield Span(match.start(), match.end(), Category.ADDRESS, name, priority)
