"""Finds documents that were filed under the wrong patient, before anything of them can be searched.

A document is suspect when it carries a number, a telephone number or an e-mail address of another patient that is not
this patient's as well; or another patient's full name while this patient's own name stands nowhere in it. A name as
such is not proof (namesakes, relatives, clinicians): beside the patient's own name it is passed over, and so is the
name of a clinician ("Dr. …", "…, MD") or of the document's author. Whoever is suspected, a person decides.
"""

import re
from collections.abc import Iterator

from phiward.domain.documents import Document
from phiward.domain.patients import PatientRef
from phiward.domain.words import canonical_words
from phiward.guard.finder import Hit, find_all
from phiward.guard.index import KnownIndex

_TITLE_BEFORE = re.compile(
    r"\b(?:dr|doctor|prof|nurse|provider|physician|attending|surgeon|signed|by|pcp)\b\W{0,3}\Z", re.I
)
_DEGREE_AFTER = re.compile(
    r"\A,?\s{0,2}(?:md|m\.d|do|d\.o|rn|np|pa|pa-c|crna|phd|ph\.d|pharmd|dds|lcsw|mph|aprn)\b", re.I
)
_PROOF = re.compile(r"[\d@]")
"""A hit with a digit or an at sign is a number or an address, not a name."""


def suspects(document: Document, index: KnownIndex) -> frozenset[PatientRef]:
    """The other patients whom the document may belong to; none for a document that stands where it should."""
    hits = find_all(document.text, index)
    foreign = [hit for hit in hits if document.patient not in hit.owners]
    names_its_patient = len(foreign) < len(hits)
    proof = [hit for hit in foreign if _PROOF.search(document.text[hit.start : hit.end])]
    names = [] if names_its_patient else list(_names(document, foreign))
    return frozenset(owner for hit in (*proof, *names) for owner in hit.owners)


def _names(document: Document, foreign: list[Hit]) -> Iterator[Hit]:
    """Names of other patients that are not those of clinicians."""
    author = canonical_words(document.author or "")
    for hit in foreign:
        text, written = document.text, document.text[hit.start : hit.end]
        if _PROOF.search(written) or _stands_in(canonical_words(written), author):
            continue
        if _TITLE_BEFORE.search(text[max(0, hit.start - 24) : hit.start]):
            continue
        if _DEGREE_AFTER.match(text[hit.end : hit.end + 12]):
            continue
        yield hit


def _stands_in(words: list[str], author: list[str]) -> bool:
    return bool(words) and set(words) <= set(author)
