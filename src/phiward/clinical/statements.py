"""Which sentences claim nothing about the patient: headings, lead-ins, and words that say that nothing was found.

Only what surely claims nothing is let off: a heading with a number, a drug of its own or a verb is a claim like any
other, and so is a sentence that says "the notes do not say" and then goes on.
"""

import re

from phiward.clinical.claims import Said
from phiward.clinical.negation import polarity
from phiward.clinical.sentences import PieceKind, form
from phiward.clinical.words import plain, stem


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


_META = _stems(
    "summary summaries summarize summarized overview answer answers question questions detail details based key point "
    "points extractive quotation quotations language model list relevant related concerning regarding sentence share "
    "shares word words available response following brief request asked requested support supporting suggestion ai- "
    "generated judgment required"
)
"""Words about the answer itself."""
_SECTIONS = _stems(
    "medication medications allergy allergies problem problems diagnosis diagnoses assessment plan lab labs "
    "laboratory vital vitals exam examination physical imaging procedure procedures immunization immunizations "
    "history social family surgical medical course hospital follow-up followup follow discharge admission "
    "recommendation recommendations timeline conclusion background subjective objective review system systems "
    "complaint chief"
)
"""Words of headings in charts and answers."""
_PREDICATES = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|does|do|did|takes?|took|denies|denied|reports?|shows?|showed|needs?|should"
    r"|must|will|may|can|developed?|underwent|received|diagnosed|confirmed|gave|give|start|stop|increase|decrease)\b",
    re.IGNORECASE,
)
_PLACE = (
    r"(?:(?:the|this|these|those|any of|all|provided|given|available|supplied|retrieved|above|patient'?s?|medical|"
    r"clinical)\s)*(?:passages?|notes?|context|documents?|records?|charts?|sources?|excerpts?|documentation|information|"
    r"text|materials?)"
)
_NOT_SAID = r"(?:say|state|mention|contain|include|specify|describe|record|provide|answer|address|discuss|give|list)"
_PARTICIPLE = (
    r"(?:mentioned|stated|documented|recorded|specified|described|provided|given|listed|available|addressed|found)"
)
_NOTHING = re.compile(
    rf"(?:(?:unfortunately|however),?\s)?(?:"
    rf"{_PLACE}(?:\s(?:provided|given|available|above))?\s(?:do|does|did)(?:\snot|n't)\s"
    rf"(?:(?:appear|seem)\sto\s)?(?:directly\s|explicitly\s|specifically\s)?{_NOT_SAID}\b"
    rf"|nothing\s(?:in|from)\s{_PLACE}\b"
    rf"|(?:there\s(?:is|was)\s|i\s(?:could\s|can\s)?(?:find|found|see|saw)\s)?no\s(?:information|mention|documentation|record"
    rf"|details?|data)\b[^.;:]*\b(?:(?:in|within|from|by)\s{_PLACE}|(?:is|was|were|are)\s{_PARTICIPLE})"
    rf"|i\s(?:could\snot|couldn't|cannot|can't|was\sunable\sto|am\sunable\sto|did\snot|didn't)\s"
    rf"(?:find|answer|determine|locate)\b"
    rf"|[^.;:]*\b(?:is|are|was|were)(?:\snot|n't)\s{_PARTICIPLE}\s(?:in|within|by)\s{_PLACE}\b"
    rf")(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_GOES_ON = re.compile(
    r"\b(?:but|so|therefore|thus|although|though|instead|yet|except|because|since|give|start|stop|increase|decrease"
    r"|should|must|recommend\w*|consider)\b|,\s(?:and|which|he|she|they|it)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(r"\W*(?:here|below|the following|based on|in summary|in short)\b", re.IGNORECASE)


def claims_nothing(text: str, said: Said, known: frozenset[str]) -> bool:
    """Whether a sentence (without its marks) claims nothing. `known`: all content words of the passages."""
    if not any(character.isalnum() for character in text):
        return True
    if said.numbers or said.quotations:
        return False
    return _about_itself(text, said) or _is_title(text, said, known) or _found_nothing(plain(text))


def _about_itself(text: str, said: Said) -> bool:
    words = said.polarity.words
    return not said.dates and words <= _META and (bool(words) or _LEADS.match(text) is not None)


def _is_title(text: str, said: Said, known: frozenset[str]) -> bool:
    """In the form of a heading or lead-in, without a predicate, in words of headings or of the passages."""
    if form(text) is not PieceKind.HEADING and not text.rstrip("*_ \n").endswith(":"):
        return False
    if said.dates or said.polarity.denied or (_PREDICATES.search(text) and not _LEADS.match(text)):
        return False
    return said.polarity.words <= _META | _SECTIONS | known


def _found_nothing(text: str) -> bool:
    """Says that the passages do not hold something, and nothing else."""
    found = _NOTHING.match(text.strip(" -*•_\t"))
    if found is None or _GOES_ON.search(found["rest"]):
        return False
    parts = re.split(r"[;:]|[.!?]\s", found["rest"].strip(" .\n"))
    return all(polarity(part).words <= _META for part in parts[1:])
