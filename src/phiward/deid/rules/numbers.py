"""Numbers that show what they are: (G) SSN, cards, NPI, DEA, VIN, MBI, IBAN, UDI, UUID and long codes.

Where a check digit exists it decides. Source: 45 CFR 164.514(b)(2)(i)(G)-(R).
"""

import re
from collections.abc import Iterable

from phiward.deid.rules.checkdigits import dea, iban, luhn, npi, vin
from phiward.deid.rules.scan import behind
from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_SSN = re.compile(r"[0-9](?<![0-9A-Za-z].)(?<![0-9][.\-].)[0-9]{2}( ?[-. ] ?)[0-9]{2}\1[0-9]{4}(?![0-9]|[.\-][0-9])")
_MASKED_SSN = re.compile(r"[xX*#]{3}[-. ]?[xX*#]{2}[-. ]?([0-9]{4})(?![0-9])")
_FOUR = re.compile(r"[0-9](?<![0-9A-Za-z].)[0-9]{3}(?![0-9A-Za-z]|[.,][0-9])")
_LAST_FOUR = re.compile(
    r"\b(?:ssn|ss ?#|social(?: security)?(?: (?:number|no\.?))?|card|account|acct)\b[^0-9\n]{0,16}"
    r"(?:end(?:s|ing)(?: in| with)?)[^0-9\n]{0,6}$|\blast (?:four|4)(?: digits)?[^0-9\n]{0,24}$",
    re.IGNORECASE,
)
_SPACED = re.compile(r"[0-9](?<![0-9A-Za-z].)(?: ?[ .\-] ?[0-9]){8,15}(?![0-9A-Za-z])")
_RUN = re.compile(
    r"[0-9](?<![0-9A-Za-z.].)(?:[0-9]{5,}|[0-9]{3}(?:[ \-][0-9]{4}){2,3}(?:[ \-][0-9]{1,4})?|[0-9]{3}[ "
    r"-][0-9]{6}[ -][0-9]{5})(?![0-9A-Za-z])"
)
_CODE = re.compile(r"[A-Z](?<![0-9A-Za-z].)[A-Z0-9]{0,4}[\-_]?[0-9]{6,}[A-Z0-9\-]{0,8}(?![a-z0-9])")
_LETTERED = re.compile(r"[0-9A-Z](?<![0-9A-Za-z].)(?=[A-Z\-]*[0-9])[0-9A-Z]{10,33}(?![0-9A-Za-z])")
_MBI = re.compile(
    r"[1-9](?<![0-9A-Za-z].)[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-?"
    r"[AC-HJKMNP-RT-Y]{2}[0-9]{2}(?![0-9A-Za-z])"
)
_UUID = re.compile(r"-(?<=[0-9A-Fa-f]{8}-)(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
_UDI = re.compile(r"\(01\)[0-9]{14}(?:\([0-9]{2}\)[A-Za-z0-9\-]{1,20})*")
_HASH = re.compile(r"#\s?([0-9]{5,})(?![0-9])")
_PUBLIC_BEFORE = re.compile(
    r"\b(?:snomed(?:[ -]?ct)?|sct|concept|code|rxnorm|rxcui|loinc|ndc|pmid|doi|isbn|cpt|nct|umls|"
    r"pubmed)\b[^0-9A-Za-z]{0,4}"
    r"(?:id|code|\(|:|=|#|\s|\")*$|(?:snomed\.info/sct|loinc\.org|rxnorm|hl7\.org/fhir/sid/\w+)\"\s?,\s?\"code\"\s?:\s?\"$",
    re.IGNORECASE,
)


class Numbers:
    """Finds numbers by their form and check digit, without any label."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of SSN, ACCOUNT, LICENSE, VEHICLE, PLAN, DEVICE and ID."""
        yield from _social_security(text)
        for match in _RUN.finditer(text):
            span = _run(text, *match.span())
            if span:
                yield span
        for match in _SPACED.finditer(text):
            yield from _spaced(match)
        for match in _CODE.finditer(text):
            yield from _code(text, match)
        for match in _LETTERED.finditer(text):
            yield from _lettered(match)
        if text.count("-") >= 4:
            for match in _UUID.finditer(text):
                yield Span(match.start() - 8, match.end(), Category.ID, "uuid", 60)
        if "(01)" in text:
            for match in _UDI.finditer(text):
                yield Span(match.start(), match.end(), Category.DEVICE, "udi", 70)
        if "#" in text:
            for match in _HASH.finditer(text):
                yield Span(match.start(1), match.end(1), Category.ID, "hash_number", 20)


def _social_security(text: str) -> Iterable[Span]:
    for match in _SSN.finditer(text):
        yield Span(match.start(), match.end(), Category.SSN, "ssn", 80)
    low = text.lower()
    if "xx" in low or "**" in text or "##" in text:
        for match in _MASKED_SSN.finditer(text):
            yield Span(match.start(), match.end(), Category.SSN, "ssn_last_four", 80)
    if "last " in low or "ending" in low or "ends" in low:
        for match in _FOUR.finditer(text):
            said = behind(_LAST_FOUR, text, match.start(), 56)
            if said:
                account = "card" in said.group().lower() or "acc" in said.group().lower()
                category = Category.ACCOUNT if account else Category.SSN
                yield Span(*match.span(), category, "last_four", 70)


def _run(text: str, start: int, end: int) -> Span | None:
    digits = text[start:end].replace(" ", "").replace("-", "")
    if 13 <= len(digits) <= 19 and luhn(digits):
        return Span(start, end, Category.ACCOUNT, "card", 70)
    if npi(digits):
        return Span(start, end, Category.LICENSE, "npi", 70)
    before = text[max(0, start - 48) : start]
    if len(digits) < 9 and not (digits[0] == "0" and len(digits) >= 6):
        return None
    if text[end : end + 1] == "." and text[end + 1 : end + 2].isdigit():
        return None
    return None if _PUBLIC_BEFORE.search(before) else Span(start, end, Category.ID, "long_number", 10)


def _spaced(match: re.Match[str]) -> Iterable[Span]:
    """Digits written one by one: nine are an SSN, ten or eleven a telephone number."""
    count = sum(character.isdigit() for character in match.group())
    category = Category.SSN if count == 9 else Category.PHONE if count in (10, 11) else Category.ID
    yield Span(match.start(), match.end(), category, "spaced_digits", 60)


def _code(text: str, match: re.Match[str]) -> Iterable[Span]:
    written = match.group()
    if re.fullmatch(r"[A-Z][A-Z9][0-9]{7}", written) and dea(written):
        yield Span(match.start(), match.end(), Category.LICENSE, "dea", 70)
    elif not written.startswith(
        ("NCT", "PMID", "PMC", "ISRCTN", "ISBN", "RXCUI", "CVX", "CAS")
    ) and not _PUBLIC_BEFORE.search(text[max(0, match.start() - 48) : match.start()]):
        yield Span(match.start(), match.end(), Category.ID, "code", 15)


def _lettered(match: re.Match[str]) -> Iterable[Span]:
    written = match.group()
    if len(written) == 17 and vin(written):
        yield Span(match.start(), match.end(), Category.VEHICLE, "vin", 70)
    elif len(written) >= 15 and written[:2].isalpha() and written[2:4].isdigit() and iban(written):
        yield Span(match.start(), match.end(), Category.ACCOUNT, "iban", 70)
    elif _MBI.fullmatch(written):
        yield Span(match.start(), match.end(), Category.PLAN, "mbi", 65)
