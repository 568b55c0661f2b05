"""(A) names that titles, labels, relations, credentials and salutations announce.

What nothing announces is left to the known identifiers of the patient and to a tagger. The title goes
with the name; a label stays.
"""

import re
from collections.abc import Iterable

from phiward.deid.rules.scan import by_first_word, match_at, match_words, words_of
from phiward.deid.spans import Span
from phiward.deid.words import never_a_name
from phiward.domain.placeholders import Category

_PARTICLE = r"(?:(?:van|von|de|der|den|del|della|da|dos|di|la|le|el|al|bin|ibn|ter|du|st\.?)[ \-]){0,2}"
_WORD = rf"{_PARTICLE}[A-Z](?:[A-Za-z'\-]*[A-Za-z][0-9]{{0,4}}\b|\.|\b)"
_NAME = re.compile(rf"{_WORD}(?:,? {_WORD}){{0,3}}(?:,? (?:Jr|Sr|II|III|IV)\b)?")
_LAST_FIRST = re.compile(rf"{_WORD}, ?{_WORD}(?: {_WORD})?")
_TITLE = re.compile(
    r"[DMPNRSCJLH](?<![0-9A-Za-z].)(?:(?<=D)r(?:a\b)?\.?|(?<=D)R(?:\.| (?=[A-Z]{3}))|(?<=D)octor|"
    r"(?<=M)rs?\.?|(?<=M)R(?:S\.?|\.)|"
    r"(?<=M)s\.?|(?<=M)S\.|(?<=M)iss|(?<=M)x\.?|(?<=P)rof(?:essor|\.)?|(?<=N)urse|(?<=R)ev(?:erend|\.)|"
    r"(?<=S)gt\.?|(?<=C)apt\.?|"
    r"(?<=J)udge|(?<=S)ister|(?<=L)t\.|(?<=H)on\.)\s{1,2}(?=[A-Za-z])"
)
_LOWER_TITLE = re.compile(r"\b(?:dr|mr|mrs|ms|prof)(?:\.\s?|\s)(?=[a-z])([a-z][a-z'\-]{2,}(?: [a-z][a-z'\-]{2,})?)")
_LABEL = re.compile(
    r"(?:\b(?:name|patient|pt|client|resident|attending|provider|pcp|physician|doctor|surgeon|nurse|author|"
    r"cc|"
    r"(?:electronically )?signed(?: by)?|dictated(?: by)?|transcribed(?: by)?|reviewed by|ordered by|"
    r"referred by|"
    r"seen by|performed by|interpreted by|witness(?:ed by)?|mother|father|spouse|guardian|guarantor|proxy|"
    r"agent|"
    r"next of kin|nok|(?:emergency )?contact|employer|subscriber|insured|policy ?holder|caregiver|"
    r"referring|consultant|"
    r"practitioner|family|given|first|last|middle|maiden|nickname|surname|alias|aka|from|to|dear|re|attn|"
    r"pharmacist|"
    r"radiologist|pathologist|cardiologist|therapist|interpreter|social worker|case manager|wife|husband|"
    r"daughter|son)"
    r"(?: ?(?:name|physician|md|provider|by|of record|\([a-z ]+\)))?)[\"']?\s?$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:signed|seen|dictated|reviewed|examined|ordered|performed|evaluated|referred|transcribed|"
    r"interviewed|treated|"
    r"accompanied|brought in|witnessed|interpreted|named|called|name is|name's|i am|i'm|this is|employed "
    r"by|works for|"
    r"spoke (?:with|to)|discussed with|contacted|a\.?k\.?a\.?)(?: by)?\s(?=[A-Z])",
    re.IGNORECASE,
)
_BY_NEEDLES = (
    "signed",
    "seen",
    "dictated",
    "reviewed",
    "examined",
    "ordered",
    "performed",
    "evaluated",
    "referred",
    "transcribed",
    "interviewed",
    "treated",
    "accompanied",
    "brought in",
    "witnessed",
    "interpreted",
    "named",
    "called",
    "name is",
    "name's",
    "i am",
    "i'm",
    "this is",
    "employed by",
    "works for",
    "spoke",
    "discussed with",
    "contacted",
    "a.k.a",
    "aka",
)
_RELATION = re.compile(
    r"\b(?:daughter|son|wife|husband|mother|father|sister|brother|spouse|partner|mom|dad|aunt|uncle|niece|"
    r"nephew|cousin|"
    r"grand(?:mother|father|son|daughter|ma|pa)|friend|neighbou?r|caregiver|guardian|roommate|fianc[e]+|"
    r"girlfriend|boyfriend|"
    r"step(?:mother|father|son|daughter)|(?:mother|father|son|daughter|sister|brother)-in-law|twins?|boss|"
    r"employer|supervisor)"
    r"(?:,? (?:named |is |called )?|\s\(|: )(?=[A-Z])",
    re.IGNORECASE,
)
_RELATION_NEEDLES = [
    "daughter",
    "son",
    "wife",
    "husband",
    "mother",
    "father",
    "sister",
    "brother",
    "spouse",
    "partner",
    "mom",
    "dad",
    "aunt",
    "uncle",
    "niece",
    "nephew",
    "cousin",
    "grandmother",
    "grandfather",
    "grandson",
    "granddaughter",
    "grandma",
    "grandpa",
    "friend",
    "neighbor",
    "neighbour",
    "caregiver",
    "guardian",
    "roommate",
    "fiance",
    "fiancee",
    "girlfriend",
    "boyfriend",
    "stepmother",
    "stepfather",
    "stepson",
    "stepdaughter",
    "twin",
    "twins",
    "boss",
    "employer",
    "supervisor",
]
_CREDENTIAL = re.compile(
    r"[ ,](?<=[a-zA-Z.,].) ?(?:M\.?D\b|D\.?O\b|R\.?N\b|N\.?P\b|PA-C|Ph\.?D\b|DPM|LCSW|PharmD|APRN|FNP|DNP|"
    r"CRNA|BSN|MSN|DDS|DMD|PsyD|"
    r"MBBS|FACS|FACC|LPN|CNM|RPh|OTR|DPT|MPH)\b"
)
_BEFORE_CREDENTIAL = re.compile(rf"(?:{_WORD} ){{0,3}}{_PARTICLE}[A-Z][A-Za-z'\-]+,?$")
_SALUTATION = re.compile(r"(?:Dear|Hi|Hello|Hey)[ ,]{1,2}(?=[A-Z])")
_CLOSING = re.compile(
    r"(?:Sincerely|Regards|Best|Best regards|Kind regards|Thanks|Thank you|Yours truly|Warmly|Respectfully|"
    r"Cheers|Love)"
    r"(?: (?:so much|again|very much|yours))?[,!.]?\s*\n\s*(?=[A-Z])|(?:Thanks|Regards|Sincerely), "
    r"(?=[A-Z][a-z]+\.?\s*$)",
    re.IGNORECASE,
)
_ONE_WORD_LABELS = re.compile(
    r"(?:^|[^a-z])(?:name|to|from|re|cc|first|last|contact|provider|family)[\"']?\s?$", re.IGNORECASE
)
_CLOSING_NEEDLES = [
    "sincerely",
    "regards",
    "best",
    "kind",
    "thank",
    "thanks",
    "yours",
    "warmly",
    "respectfully",
    "cheers",
    "love",
]
_CONTEXTS = (
    (by_first_word(_RELATION_NEEDLES), _RELATION, 1),
    (by_first_word(_BY_NEEDLES), _BY, 2),
    (by_first_word(("dear", "hi", "hello", "hey")), _SALUTATION, 1),
    (by_first_word(_CLOSING_NEEDLES), _CLOSING, 1),
)
_CREDENTIAL_NEEDLES = (
    "MD",
    "M.D",
    " DO",
    "D.O",
    "RN",
    "R.N",
    "NP",
    "N.P",
    "PA-C",
    "Ph",
    "DPM",
    "LCSW",
    "DDS",
    "DMD",
    "PsyD",
    "MBBS",
    "FAC",
    "LPN",
    "CNM",
    "OTR",
    "DPT",
    "MPH",
    "MSN",
    "BSN",
)
_LABEL_ENDS = re.compile(r"[A-Za-z.]+$")
_LAST_WORDS = frozenset(
    [
        "name",
        "patient",
        "pt",
        "client",
        "resident",
        "attending",
        "provider",
        "pcp",
        "physician",
        "doctor",
        "surgeon",
        "nurse",
        "author",
        "cc",
        "signed",
        "by",
        "dictated",
        "transcribed",
        "mother",
        "father",
        "spouse",
        "guardian",
        "guarantor",
        "proxy",
        "agent",
        "kin",
        "nok",
        "contact",
        "employer",
        "subscriber",
        "insured",
        "holder",
        "policyholder",
        "caregiver",
        "referring",
        "consultant",
        "practitioner",
        "family",
        "given",
        "first",
        "last",
        "middle",
        "maiden",
        "nickname",
        "surname",
        "alias",
        "aka",
        "from",
        "to",
        "dear",
        "re",
        "attn",
        "pharmacist",
        "radiologist",
        "pathologist",
        "cardiologist",
        "therapist",
        "interpreter",
        "worker",
        "manager",
        "wife",
        "husband",
        "daughter",
        "son",
        "md",
        "record",
    ]
)
_FIELD_END = re.compile(r"\s*(?:$|[\n;|)}\]\"]|,? ?\(|\s(?:DOB|MRN|Age|Sex|Date)\b|\s{2,})")
_CONTRACTION = re.compile(r"'(?:m|ve|ll|d|re|t)$")


class People:
    """Finds names by what stands around them."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category NAME."""
        low = text.lower()
        words = words_of(low)
        for match in _TITLE.finditer(text):
            yield from _name(text, match.end(), match.start())
        for match in match_at(_LOWER_TITLE, text, text, ("dr", "mr", "ms", "prof")):
            yield from _lower(match)
        yield from _labels(text)
        for needles, pattern, least in _CONTEXTS:
            for match in match_words(pattern, text, low, words, needles):
                yield from _name(text, match.end(), match.end(), least)
        if any(needle in text for needle in _CREDENTIAL_NEEDLES):
            for match in _CREDENTIAL.finditer(text):
                yield from _credential(text, match)


def _name(text: str, at: int, start: int, least: int = 1, *, comma: bool = False) -> Iterable[Span]:
    """The name that begins at `at`, without ordinary words behind it; `least` words are needed."""
    match = (_LAST_FIRST.match(text, at) if comma else None) or _NAME.match(text, at)
    if not match:
        return
    end, count = at, 0
    for word in re.finditer(r"[A-Za-z][\w'\-]*\.?", match.group()):
        low = word.group().rstrip(".").removesuffix("'s").lower()
        if _CONTRACTION.search(low) and "o'" not in low[:2] and count < 4:
            break
        if never_a_name(low) and (len(low) > 1 or low == "i" or not count):
            break
        separator = text[end : at + word.start()]
        if "," in separator and not comma and word.group().rstrip(".") not in ("Jr", "Sr", "II", "III", "IV"):
            break
        if count == 2 and match.group().isupper() and "," not in match.group():
            break
        end, count = at + word.end(), count + 1
    if count >= least and end > at:
        if text[end - 2 : end] == "'s":
            end -= 2
        if text[end - 1] == "." and not (
            text[end - 3 : end - 2] in (" ", ".", "") or text[end - 4 : end] in (" Jr.", " Sr.")
        ):
            end -= 1
        yield Span(start, end, Category.NAME, "people", 40)


def _lower(match: re.Match[str]) -> Iterable[Span]:
    words = match.group(1).split()
    if never_a_name(words[0]) or words[0].endswith(("ed", "ing")):
        return
    extra = len(words) > 1 and (never_a_name(words[1]) or words[1].endswith(("ed", "ing", "ly")))
    end = match.start(1) + len(words[0]) if extra or len(words) == 1 else match.end()
    yield Span(match.start(), end, Category.NAME, "people", 35)


def _labels(text: str) -> Iterable[Span]:
    colon = text.find(":")
    while colon >= 0:
        before = text[max(0, colon - 40) : colon]
        last = _LABEL_ENDS.search(before.rstrip("\"' )"))
        if last and (last.group().lower() in _LAST_WORDS or before.endswith(")")) and _LABEL.search(before):
            at = colon + 1
            while at < len(text) and text[at] in " \t\"'[":
                at += 1
            for span in _name(text, at, at, comma=True):
                words = text[at : span.end].count(" ") + text[at : span.end].count(",")
                if (
                    words
                    or _strong(before)
                    or (_FIELD_END.match(text, span.end) and not _ONE_WORD_LABELS.search(before))
                ):
                    yield span
        colon = text.find(":", colon + 1)


_STRONG = re.compile(
    r"(?:patient|pt|first|last|given|family|middle|maiden|provider|physician|emergency|father|mother|"
    r"contact)['s]{0,2} name|"
    r"(?:^|\n|[\"'{])(?:family|given|from|to)$|emergency contact|next of kin|nok|(?:signed|dictated|seen|"
    r"reviewed|transcribed)(?: by)?$|pcp|attending|"
    r"(?:^|\n)\s*[\"']?(?:family|given)",
    re.IGNORECASE,
)


def _strong(before: str) -> bool:
    return _STRONG.search(before.rstrip("\"' ")) is not None


def _credential(text: str, match: re.Match[str]) -> Iterable[Span]:
    before = text[max(0, match.start() - 48) : match.start()]
    name = _BEFORE_CREDENTIAL.search(before)
    if not name:
        return
    words = list(re.finditer(r"[A-Z][\w'\-]*", name.group()))
    while words and never_a_name(words[0].group().lower()):
        words.pop(0)
    if words and not never_a_name(words[-1].group().lower()):
        start = match.start() - len(before) + name.start() + words[0].start()
        end = match.start() - (1 if text[match.start() - 1] == "," else 0)
        yield Span(start, end, Category.NAME, "people", 38)
