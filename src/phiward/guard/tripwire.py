"""The last thing before the wire: reads the very bytes that are about to leave (promise 2).

It knows nothing of the detectors. It looks for known identifiers of any patient and for numbers with
a check digit or a fixed form. It may only refuse, and refuses in the same words whatever it saw: a
caller must not learn from it who is a patient here (promise 3).
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

import orjson

from phiward.domain.patients import PatientRef
from phiward.domain.placeholders import PATTERN
from phiward.domain.verdict import Deny, Permit, Verdict
from phiward.domain.words import canonical_words
from phiward.guard.checkdigits import holds_identifying_number
from phiward.guard.finder import find_all
from phiward.guard.index import KnownIndex
from phiward.guard.tokens import unescaped

TRIPPED = Deny("tripwire", "What was about to leave may still hold an identifier, so nothing was sent.")
CLEAR = Permit("tripwire")
_DIGIT = re.compile(r"\d")


class Tripwire:
    """Stateless."""

    def check(
        self,
        body: bytes,
        index: KnownIndex,
        issued: Collection[str],
        granted: frozenset[PatientRef] = frozenset(),
    ) -> Verdict:
        """Deny when anything identifying stands in `body` (JSON). Placeholders in `issued` are passed over.

        `granted` is for identified text that may go: identifiers of those patients pass. A body that
        is not JSON is denied: what cannot be read cannot be checked.
        """
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            return TRIPPED
        for text in _texts(value):
            if self._trips(text, index, issued, granted):
                return TRIPPED
        return CLEAR

    def _trips(self, text: str, index: KnownIndex, issued: Collection[str], granted: frozenset[PatientRef]) -> bool:
        if "[" in text:
            text = PATTERN.sub(lambda found: "|||||" if found[0] in issued else found[0], text)
        if not granted and holds_identifying_number(text):
            return True
        needs_reading = not text.isascii() or _DIGIT.search(text) is not None or "@" in text
        if not needs_reading and not any(index.name_lengths(word) for word in canonical_words(text)):
            return False
        return any(not hit.owners & granted for hit in find_all(text, index))


def _texts(value: Any) -> Iterator[str]:
    """Every string, key and number of a JSON value, without recursion."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
            if "\\" in one:
                yield unescaped(one)  # JSON in a string: what a tool would read
        elif isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, int | float) and not isinstance(one, bool):
            yield str(one)
