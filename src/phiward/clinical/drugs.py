"""Which words of a text name a drug: those of a list, those with the ending of a class, those followed by a dose."""

import re
from collections.abc import Iterable

from phiward.clinical.drug_names import NAMES
from phiward.clinical.words import GENERIC, STOP, word_set

_GENERIC_OF: dict[str, str] = {
    name: row.partition(":")[0].strip() for row in NAMES.split("\n") if row for name in row.replace(":", " ").split()
}
_ENDINGS = (
    "pril|sartan|olol|statin|azole|cillin|mycin|micin|floxacin|prazole|tidine|gliptin|gliflozin|parin|xaban|dipine|zepam|"
    "zolam|codone|morphone|tinib|mab|ciclib|parib|rafenib|vir|cycline|triptan|setron|glutide|gatran|grelor|thiazide|"
    "semide|terol|sone|solone|onide|tropium|oxetine|faxine|triptyline|apine|idone|barbital|profen|coxib|dronate|glitazone|"
    "fibrate|penem|oxacin|rubicin|platin|taxel|lukast|racetam|caine|curonium|zosin|steride"
)
_ENDING = re.compile(rf"[a-z]{{2,}}(?:{_ENDINGS})\Z")
_NO_DRUG = frozenset({"cholesterol"})
_DOSE = re.compile(
    r"\b([A-Za-z][A-Za-z]{3,})(?:[ ](?:XR|ER|SR|CR|XL|LA|DR|tartrate|succinate|sodium|sulfate|HCl|tablets?|capsules?))?"
    r"[ ]\d[\d.,]*(?:-\d[\d.]*)?[ ]?(?:mg|mcg|ug|g|units?|mEq|IU|puffs?|tablets?)\b(?!\s?/\s?d?L)"
)
_NEVER_DRUG = word_set(
    "dose dosage daily weight total about approximately every least most than with taking takes given from plus only "
    "increased decreased reduced raised dosed level levels protein glucose sugar cholesterol over under nearly around "
    "another last first each strength tablet tablets capsule capsules started starting titrated loss gain lost gained "
    "smoking"
)


def drug_of(word: str, dosed: frozenset[str] = frozenset()) -> str | None:
    """The generic name of a word in lower case, or the word itself where it only looks like one; None for others.

    `dosed`: words that a dose follows somewhere in the passages.
    """
    if generic := _GENERIC_OF.get(word):
        return generic
    if len(word) < 4:
        return None
    looks = word in dosed or (len(word) > 5 and word not in _NO_DRUG and _ENDING.match(word) is not None)
    return word if looks else None


def drugs_in(words: Iterable[str], dosed: frozenset[str] = frozenset()) -> frozenset[str]:
    """The drugs that these words name."""
    return frozenset(drug for word in words if (drug := drug_of(word, dosed)))


def dosed_words(text: str) -> frozenset[str]:
    """Words of a plain text that a dose follows ("sinecurol 5 mg"), in lower case."""
    if not any(character.isdigit() for character in text):
        return frozenset()
    found = {match[1].lower() for match in _DOSE.finditer(text)}
    return frozenset(word for word in found - _NEVER_DRUG - STOP - GENERIC)
