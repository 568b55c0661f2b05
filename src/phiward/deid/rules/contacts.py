"""(F) e-mail addresses and handles, (N) URLs with what their query strings carry."""

import re
from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}$")
_DOMAIN = re.compile(r"@ ?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+|@\[[0-9.]+\]|@[A-Za-z0-9\-]{2,}")
_HANDLE = re.compile(r"@[A-Za-z_][A-Za-z0-9_.]{2,30}(?<!\.)")
_SPELLED = re.compile(
    r"\b[\w.\-]+\s?(?:\(at\)|\[at\]|\bat\b)\s?[\w\-]+(?:\s?(?:\(dot\)|\[dot\]|\bdot\b|\.)\s?[\w\-]+)*"
    r"\s?(?:\(dot\)|\[dot\]|\bdot\b)\s?(?:com|org|net|edu|gov|io)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]{1,15}://|www\.)[^\s<>\"'`{}|\\^]+", re.IGNORECASE)
_TLDS = (
    "com",
    "org",
    "net",
    "edu",
    "gov",
    "info",
    "health",
    "io",
    "me",
    "us",
    "clinic",
    "care",
    "co",
    "uk",
    "de",
    "app",
)
_BARE = re.compile(
    rf"(?<![\w@.])(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)+(?:{'|'.join(_TLDS)})(?![\w\-])(?:/[^\s<>\"']*)?",
    re.IGNORECASE,
)
_BARE_NEEDLES = tuple(f".{tld}" for tld in _TLDS)
_PUBLIC = re.compile(
    r"https?://(?:loinc\.org|snomed\.info|(?:[a-z]+\.)?hl7\.org|(?:www\.)?json-schema\.org|"
    r"unitsofmeasure\.org|"
    r"www\.nlm\.nih\.gov/research/umls/rxnorm|www\.ama-assn\.org/go/cpt|"
    r"hl7\.org/fhir)(?![\w.\-@:])(?:/[\w./\-]*)?$",
    re.IGNORECASE,
)
"""Addresses of code systems name nobody."""


class Contacts:
    """Finds e-mail addresses, handles and URLs."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category EMAIL, ID (handles) or URL."""
        if "@" in text:
            yield from _addresses(text)
        low = text.lower()
        if "dot" in low:
            for match in _SPELLED.finditer(text):
                yield Span(match.start(), match.end(), Category.EMAIL, "email", 60)
        if "://" in text or "www." in low:
            for match in _URL.finditer(text):
                end = _without_tail(text, match.start(), match.end())
                if not _PUBLIC.match(text[match.start() : end]):
                    yield Span(match.start(), end, Category.URL, "url", 70)
        if any(needle in low for needle in _BARE_NEEDLES):
            for match in _BARE.finditer(text):
                end = _without_tail(text, match.start(), match.end())
                if text[max(0, match.start() - 3) : match.start()] != "://":
                    yield Span(match.start(), end, Category.URL, "url", 40)


def _addresses(text: str) -> Iterable[Span]:
    at = text.find("@")
    while at >= 0:
        local = _LOCAL_PART.search(text[max(0, at - 64) : at])
        domain = _DOMAIN.match(text, at)
        if local and domain:
            start = at - len(local.group().lstrip(".'=/?&{"))
            if start < at:
                yield Span(start, domain.end(), Category.EMAIL, "email", 60)
        elif handle := _HANDLE.match(text, at):
            yield Span(at, handle.end(), Category.ID, "handle", 50)
        at = text.find("@", at + 1)


def _without_tail(text: str, start: int, end: int) -> int:
    """Punctuation that ends the sentence is not part of the URL."""
    while end > start and text[end - 1] in ".,;:!?)]'\"":
        if text[end - 1] == ")" and "(" in text[start:end]:
            break
        end -= 1
    return end
