"""The words of a question and of a sentence, and which of them meet. Light: no dictionary, no learning."""

from typing import Final

from phiward.domain.placeholders import PATTERN
from phiward.domain.words import canonical_words

RELATED: Final = 0.5
"""A word that is only related to a word of the question counts this much of it."""

_COMMON_WORDS = (
    "a about again all also am an and any are as ask asked asks at be been born but by can could did do does "
    "for from give had has have he her him his how i if in into is it its many me mrn much my no not now of "
    "on or our out please she so some tell than that the their them then there these they this those to up "
    "us was we were what when where which who whom why will with would you your patient"
)
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words that say nothing about what a sentence is about; the patient is in every sentence."""

_ENDINGS = ("ations", "ation", "ings", "ies", "ing", "ic", "ed", "es", "s", "y", "e")
_RELATED_WORDS = (
    "medication medicine drug prescribed prescription tablet capsule mg mcg dose daily twice",
    "change increased decreased reduced raised lowered titrated started stopped switched held doubled",
    "follow plan return appointment recheck repeat visit weeks months",
    "allergy allergic reaction rash anaphylaxis intolerance",
    "problem diagnosis diagnosed condition history",
    "result level value lab test",
    "doctor physician clinician provider dr",
    "symptom complaint complains reports presents pain",
)
_SUBJECTS = frozenset({"PATIENT", "MRN"})


def words(text: str) -> set[str]:
    """Words without endings and without common words; a placeholder is one word, the patient's is none."""
    found = {f"{one[1]}_{one[2]}" for one in PATTERN.finditer(text) if one[1] not in _SUBJECTS}
    for word in canonical_words(PATTERN.sub(" ", text)):
        if word not in _COMMON and (len(word) > 1 or word.isdigit()):
            found.add(stem(word))
    return found


def stem(word: str) -> str:
    """`medications` and `medication` are one word, and so are `changed` and `change`."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


_GROUPS = tuple(frozenset(stem(word) for word in group.split()) for group in _RELATED_WORDS)


def wanted(question: str) -> dict[str, float]:
    """What a question looks for, and how much each word counts: its own 1, related ones less."""
    own = words(question)
    near = {word for group in _GROUPS if own & group for word in group}
    return dict.fromkeys(near, RELATED) | dict.fromkeys(own, 1.0)
