"""(D) telephone and (E) fax numbers: US and international forms, extensions, pagers."""

import re
from collections.abc import Iterable

from phiward.deid.rules.scan import behind, by_first_word, match_words, words_of
from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_EXT = r"(?:[ ,;]{0,2}\(?(?:x|ext\.?|extension)[ .:]{0,2}[0-9]{1,6}\)?)?"
_PARENTHESES = re.compile(r"\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[ .\-]?[0-9]{4}(?![0-9])" + _EXT, re.IGNORECASE)
_DASHED = re.compile(
    r"[2-9](?<![0-9A-Za-z].)(?<![0-9][.\-].)[0-9]{2}(?: ?[.\-/ ] ?)[2-9][0-9]{2}(?: ?[.\-/ ] "
    r"?)[0-9]{4}(?![0-9])" + _EXT,
    re.IGNORECASE,
)
_LONG_DISTANCE = re.compile(
    r"[+1](?<![0-9A-Za-z.].)(?:(?<=\+)1)?[ .\-]?\(?[2-9][0-9]{2}\)?[ .\-]?[2-9][0-9]{2}[ "
    r".\-]?[0-9]{4}(?![0-9])" + _EXT,
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[2-9](?<![0-9A-Za-z.].)[0-9]{2}[2-9][0-9]{6}(?![0-9A-Za-z]|\.[0-9])")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{0,2}(?:[ .\-/]?\(?[0-9]{1,5}\)?){2,6}(?![0-9])")
_DOUBLE_ZERO = re.compile(r"0(?<![0-9A-Za-z.].)0[1-9][0-9]{0,2}(?:[ .\-/]?\(?[0-9]{1,5}\)?){2,5}(?![0-9])")
_TRUNK = re.compile(r"0(?<![0-9A-Za-z.,/:\-].)[0-9]{1,4}(?:[ .\-][0-9]{2,4}){2,4}(?![0-9/:]|[.,\-][0-9])")
"""A trunk prefix, then groups, as most of the world writes them: 01.84.17.61.18, 0680 298 70 63."""
_PAIRS = re.compile(r"[1-9](?<![0-9A-Za-z.,/:\-].)[0-9](?:-[0-9]{2}){3,4}(?![0-9/:]|[.,\-][0-9])")
_DRUG_CODE = re.compile(r"\bndc\b[^0-9\n]{0,12}$", re.IGNORECASE)
_HOURS = re.compile(r"[0-9]{4}(?:[ .\-][0-9]{4})+")
_AREA = re.compile(r"\([0-9]{2,4}\) ?[0-9]{3,5}[ \-][0-9]{3,4}(?![0-9]|\s?(?:m[lg]|k?g|units))", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:phones?|tel(?:ephone)?|cell(?:ular|phone)?|mobile|fax|pager|beeper|call(?: (?:me|us|him|her|"
    r"back))?|contact|"
    r"text(?: me)?|voicemail|whatsapp|reach(?:ed)?(?: (?:me|him|her|us))?|dial)\b"
    r"(?:\s?(?:number|no\.?|num\.?|\#|is|at|on|home|work|cell|mobile))*[\s\"':=#.]{0,6}"
    r"([+(]?[0-9][0-9 ().\-/]{4,18}[0-9](?:\s?(?:x|ext\.?|extension)\s?[0-9]{1,6})?)(?![0-9])",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?:ext(?:ension)?\.?|pager|beeper|bleep)\s?(?:number|no\.?|\#|is|:|at)?\s?\#?([0-9]{3,7})\b", re.IGNORECASE
)
_LOCAL = re.compile(r"[2-9](?<![0-9A-Za-z.\-/].)[0-9]{2}[\-. ][0-9]{4}(?![0-9\-]|\s?(?:m[lg]|k?g|units))")
_LOCAL_BEFORE = re.compile(
    r"\b(?:at|call|phone|number|cell|reach|contact|fax|tel|home|work|mobile)\b[^0-9\n]{0,12}$", re.IGNORECASE
)
_VANITY = re.compile(r"8(?:00|33|44|55|66|77|88)[\-. ](?=[A-Z0-9\-]*[A-Z])[A-Z][A-Z0-9\-]{5,9}\b")
_FAX_BEFORE = re.compile(r"\bfax\b[^\n0-9]{0,16}$|\bF(?:x)?[:.]\s?$", re.IGNORECASE)
_NEEDLES = by_first_word(
    [
        "phone",
        "phones",
        "tel",
        "telephone",
        "cell",
        "cellular",
        "cellphone",
        "mobile",
        "fax",
        "pager",
        "beeper",
        "call",
        "contact",
        "text",
        "voicemail",
        "whatsapp",
        "reach",
        "reached",
        "dial",
    ]
)
_SHORT_NEEDLES = by_first_word(("ext", "extension", "pager", "beeper", "bleep"))


class Phones:
    """Finds telephone and fax numbers. A number right behind the word fax is one."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category PHONE or FAX, extensions included."""
        low = text.lower()
        words = words_of(low)
        for pattern in (_DASHED, _PLAIN, _LONG_DISTANCE):
            for match in pattern.finditer(text):
                yield _span(text, *match.span(), 55)
        if "(" in text:
            for match in _PARENTHESES.finditer(text):
                yield _span(text, *match.span(), 55)
            for match in _AREA.finditer(text):
                yield _span(text, *match.span(), 50)
        for match in _TRUNK.finditer(text):
            digits = _digits(match.group())
            public = _HOURS.fullmatch(match.group()) or behind(_DRUG_CODE, text, match.start(), 20)
            if 9 <= digits <= 12 and not public:
                yield _span(text, *match.span(), 45)
        for match in _PAIRS.finditer(text):
            yield _span(text, *match.span(), 45)
        if "+" in text:
            for match in _INTERNATIONAL.finditer(text):
                if 8 <= _digits(match.group()) <= 15:
                    yield _span(text, *match.span(), 54)
        if "00" in text:
            for match in _DOUBLE_ZERO.finditer(text):
                if 10 <= _digits(match.group()) <= 16:
                    yield _span(text, *match.span(), 45)
        for match in match_words(_LABEL, text, low, words, _NEEDLES):
            if 7 <= _digits(match.group(1)) <= 20:
                yield _span(text, *match.span(1), 56)
        for match in match_words(_SHORT, text, low, words, _SHORT_NEEDLES):
            yield _span(text, *match.span(1), 50)
        for match in _LOCAL.finditer(text):
            if behind(_LOCAL_BEFORE, text, match.start(), 24):
                yield _span(text, *match.span(), 50)
        for match in _VANITY.finditer(text):
            yield _span(text, *match.span(), 50)


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _span(text: str, start: int, end: int, priority: int) -> Span:
    fax = _FAX_BEFORE.search(text[max(0, start - 24) : start]) or text[end : end + 6].lower() == " (fax)"
    return Span(start, end, Category.FAX if fax else Category.PHONE, "phone", priority)
