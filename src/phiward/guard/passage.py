"""What a passage of an answer must not hold, each with the name of the rule (guard.md section 6).

Every reading of the passage (`views`) is searched for known identifiers of people outside the grant, for numbers that
the conversation never held, and for the canary of the system prompt. The first rule that is broken decides; which
identifier it was is said to nobody.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import StrEnum

from phiward.domain.errors import UnsafeContentError
from phiward.domain.patients import PatientRef
from phiward.domain.words import canonical_words
from phiward.guard.finder import find_all
from phiward.guard.index import KnownIndex
from phiward.guard.own import Own
from phiward.guard.squeezed import glued_names, mail_hits, squeezed_hits
from phiward.guard.tokens import mirrored, rotated, seen
from phiward.guard.unseen import unseen_numbers
from phiward.guard.views import Reading, View, Words, views, words_in

MAX_DECODED, MAX_DECODED_IN_ALL = 1_000, 20_000
"""Characters that one passage, and all of an answer, may decode to; what holds more is not read, and withheld."""
MIN_CANARY = 8
"""Letters and digits; a shorter canary would be found by chance."""


class Rule(StrEnum):
    """Why a passage is withheld."""

    KNOWN = "known_identifier"  # of a person outside the grant, as it is written
    ENCODED = "encoded_identifier"  # the same in a mechanical encoding
    UNSEEN = "unseen_identifier"  # a number that stood nowhere in the conversation
    CANARY = "canary"  # the system prompt
    ACTIVE = "active_content"  # what could not be made inert
    UNREADABLE = "unreadable"  # more code than is read


class PassageCheck:
    """One for each answer; of what it read it keeps only how much of it was code."""

    def __init__(
        self,
        index: KnownIndex,
        granted: frozenset[PatientRef],
        *,
        own: Iterable[str] = (),
        seen: Callable[[str], bool] | None = None,
        canaries: Iterable[str] = (),
    ) -> None:
        """`own`: values restored here. `seen`: whether a number stood in the conversation; None: not asked.

        Raises ValueError for a canary of fewer than MIN_CANARY letters and digits.
        """
        self._index, self._own, self._seen = index, Own(granted, own), seen
        self._decoded = 0
        plain = ["".join(canonical_words(canary)) for canary in canaries]
        if any(len(one) < MIN_CANARY for one in plain):
            raise ValueError("a canary of so few letters would be found by chance")
        self._canaries = [form for one in plain for form in (one, rotated(one), mirrored(one))]

    def broken(self, text: str, before: str = "") -> Rule | None:
        """The rule that `text` breaks, or None. `before` is what was released before it."""
        if self._holds_canary(before + text):
            return Rule.CANARY
        words = words_in(text, self._index)
        if not words.may_hold:
            return self._broken_in_code(words, before)
        hits = find_all(text, self._index, self._own.covers)
        if self._own.leaves(text, hits) or self._holds_mail(text):
            return Rule.KNOWN
        if self._holds_unseen(text):
            return Rule.UNSEEN
        parts = self._own.outside(text, hits)
        if parts == [text]:
            return self._broken_in_code(words, before)
        if any(self._holds_other(part) for part in parts):
            return Rule.KNOWN
        begins = text.startswith(parts[0]) if parts else False
        found = (
            self._broken_in_code(words_in(part, self._index), before if begins and place == 0 else "")
            for place, part in enumerate(parts)
        )
        return next((rule for rule in found if rule is not None), None)

    def _broken_in_code(self, words: Words, before: str) -> Rule | None:
        """The same for the other readings of a text that does not hold what is the patient's own."""
        rule = self._broken_in(views(words, self._index, before))
        if rule is Rule.ENCODED and before:
            hits = find_all(before, self._index, self._own.covers)
            rule = self._broken_in(views(words, self._index, self._own.outside(before + _END, hits)[-1]))
        return rule

    def _broken_in(self, readings: Iterator[View]) -> Rule | None:
        before_it = self._decoded
        for view in readings:
            if view.reading in _WITHOUT_SEPARATORS:
                self._decoded += len(view.text)
                if self._decoded - before_it > MAX_DECODED or self._decoded > MAX_DECODED_IN_ALL:
                    return Rule.UNREADABLE
            if self._holds_known(view):
                return Rule.ENCODED
            if view.reading in _DECODED and self._holds_canary(view.text):
                return Rule.CANARY
            if view.reading in _DECODED and self._holds_unseen(view.text):
                return Rule.UNSEEN
        return None

    def _holds_other(self, part: str) -> bool:
        """Whether a part between what is the patient's own holds an identifier that was glued to that."""
        return self._own.leaves(part, find_all(part, self._index))

    def _holds_known(self, view: View) -> bool:
        text, turned = view.text, view.reading is Reading.TURNED
        hits = find_all(text, self._index, self._own.covers)
        for hit in hits:
            words = text[hit.start : hit.end]
            if not self._own.covers(words, hit.owners) and not (turned and _DATE.fullmatch(mirrored(words))):
                return True
        if self._holds_mail(text):
            return True
        if view.reading not in _WITHOUT_SEPARATORS:
            return False
        return any(self._holds_squeezed(part) for part in self._own.outside(text, hits))

    def _holds_squeezed(self, text: str) -> bool:
        index, own = self._index, self._own
        if squeezed_hits(text, index, own):
            return True
        return any(not own.covers(name, owners) for name, owners in glued_names(text, index))

    def _holds_mail(self, text: str) -> bool:
        """An address with something glued to it."""
        return "@" in text and self._own.leaves(text, mail_hits(text, self._index))

    def _holds_unseen(self, text: str) -> bool:
        asked = self._seen
        return asked is not None and any(not asked(number) for number in unseen_numbers(text))

    def _holds_canary(self, text: str) -> bool:
        if not self._canaries:
            return False
        joined = _BETWEEN.sub("", seen(text).lower())
        return any(one in joined for one in self._canaries)


def rule_of(check: PassageCheck, text: str) -> Rule | None:
    """The rule that a whole text breaks. Raises UnsafeContentError where the check itself fails, by whatever fault."""
    with suppress(Exception):  # whatever it is: text that was not checked does not go out
        return check.broken(text)
    raise UnsafeContentError("A check of the answer failed, so it is not released.")


_END = " "
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d")
"""Read from its end it may be anybody's number."""
_BETWEEN = re.compile(r"[\W_]+")
_DECODED = frozenset({Reading.SPELT, Reading.BLOB})
_WITHOUT_SEPARATORS = frozenset({Reading.BLOB, Reading.SPACED})
