"""What of a patient proves, by itself, that a text is about him: the words of known identifiers.

A full name of two words or more, a number of six characters or more, a telephone number, an e-mail
address. A single given name or surname proves nothing, and a street belongs to many; they are left
to the detectors. Used for the keyed index of all patients and for the checks that read it; such a
check may only withhold (promise 3).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from phiward.domain.patients import IdentifierKind, KnownPatient
from phiward.domain.words import canonical_digits, canonical_words

KindClass = Literal["name", "code", "email"]
MIN_CODE_CHARACTERS = 6
PHONE_DIGITS = 10

_CODES = frozenset(
    {
        IdentifierKind.MRN,
        IdentifierKind.SSN,
        IdentifierKind.LICENSE,
        IdentifierKind.PASSPORT,
        IdentifierKind.ACCOUNT,
        IdentifierKind.OTHER_ID,
    }
)
_GIVEN = frozenset({IdentifierKind.GIVEN, IdentifierKind.NICKNAME})
_EXTENSION = re.compile(r"(?i)\s*(?:;?\s*ext(?:ension)?\b|;ext=|[x#])[.:=\s]*[0-9]{1,6}\s*$")


@dataclass(frozen=True, slots=True, repr=False)
class KnownPhrase:
    """Canonical words that stand together. A code and an e-mail address are one word each."""

    kind_class: KindClass
    words: tuple[str, ...] = field(repr=False)

    def __repr__(self) -> str:
        return f"KnownPhrase({self.kind_class}, {len(self.words)} words)"


def known_identifiers(patient: KnownPatient) -> tuple[KnownPhrase, ...]:
    """Every phrase that proves this patient, without repetition, in a stable order."""
    found = dict.fromkeys([*_names(patient), *_codes(patient), *_emails(patient)])
    return tuple(found)


def code_word(value: str) -> str:
    """A number in one spelling: 123-45-6789 and 123456789 are one."""
    return "".join(canonical_words(value))


def phone_word(value: str) -> str:
    """The last ten digits of a telephone number without its extension; all of them if fewer."""
    return canonical_digits(_EXTENSION.sub("", value))[-PHONE_DIGITS:]


def email_word(value: str) -> str:
    """An address in lower case, without `mailto:`."""
    return value.strip().casefold().removeprefix("mailto:")


def _names(patient: KnownPatient) -> Iterator[KnownPhrase]:
    """Full names as recorded, and every given name beside every surname, in both orders."""
    of = {kind: [] for kind in IdentifierKind}  # type: dict[IdentifierKind, list[list[str]]]
    for identifier in patient.identifiers:
        of[identifier.kind].append(canonical_words(identifier.value))
    for words in of[IdentifierKind.FULL_NAME]:
        if len(words) > 1:
            yield KnownPhrase("name", tuple(words))
    for given in (words for kind in sorted(_GIVEN) for words in of[kind]):
        for family in of[IdentifierKind.FAMILY]:
            # An initial beside a surname fits too many people.
            if family and any(len(word) > 1 for word in given):
                yield KnownPhrase("name", (*given, *family))
                yield KnownPhrase("name", (*family, *given))


def _codes(patient: KnownPatient) -> Iterator[KnownPhrase]:
    """Numbers and telephone numbers. Without a digit ("UNKNOWN"), or of one character only, it is none."""
    for identifier in patient.identifiers:
        if identifier.kind in _CODES:
            word = code_word(identifier.value)
        elif identifier.kind is IdentifierKind.PHONE:
            word = phone_word(identifier.value)
        else:
            continue
        if len(word) >= MIN_CODE_CHARACTERS and len(set(word)) > 1 and canonical_digits(word):
            yield KnownPhrase("code", (word,))


def _emails(patient: KnownPatient) -> Iterator[KnownPhrase]:
    for identifier in patient.identifiers:
        word = email_word(identifier.value)
        if identifier.kind is IdentifierKind.EMAIL and "@" in word:
            yield KnownPhrase("email", (word,))
