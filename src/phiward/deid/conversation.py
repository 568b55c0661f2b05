"""One request: texts in, texts with placeholders out, and the way back.

Canonical copy → detectors → names found once are names everywhere → offsets mapped back → overlaps
settled → placeholders. The order of calls decides the numbering, so that the same history gives the
same placeholders.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from phiward.deid.canonical import canonicalise, map_back
from phiward.deid.ledger import Ledger
from phiward.deid.nested import hide_nested
from phiward.deid.propagation import LearnedNames
from phiward.deid.rules.literals import look_alikes
from phiward.deid.spans import Detector, Span, resolve
from phiward.domain.errors import PhiwardError, UnsafeContentError
from phiward.domain.placeholders import Category


class Conversation:
    """Made by `Deidentifier.conversation`; one thread at a time. Prints nothing of what it holds."""

    def __init__(self, detectors: Sequence[Detector], today: date) -> None:
        """`detectors` include those that know the patient; `today` dates two-digit years."""
        self._detectors = tuple(detectors)
        self._ledger = Ledger(today)
        self._learned = LearnedNames()
        self._spans: tuple[Span, ...] = ()

    def hide(self, text: str) -> str:
        """The text with the Safe Harbor transformation applied.

        Raises UnsafeContentError when a detector fails: then nothing may leave.
        """
        self._spans = tuple(self._find(text))
        return self._ledger.replace(text, self._spans) if self._spans else text

    def hide_json(self, value: Any) -> Any:
        """A transformed copy of a JSON value: strings, keys, and numbers that identify become strings.

        Raises InvalidRequestError for what is not JSON or nested beyond 200 levels.
        """
        return hide_nested(value, self._hide_labelled)

    @property
    def placeholders(self) -> Mapping[str, str]:
        """Every accepted spelling of a placeholder → the original text."""
        return self._ledger.placeholders

    @property
    def counts(self) -> Mapping[Category, int]:
        """Distinct values by category."""
        return self._ledger.counts

    @property
    def spans(self) -> tuple[Span, ...]:
        """What the last `hide` found, in code points of the original text."""
        return self._spans

    def legend(self) -> str:
        """Which placeholders are the same person, free of identifiers; empty where nothing needs saying."""
        return self._ledger.legend()

    def _hide_labelled(self, text: str, label: str) -> str:
        if not label:
            return self.hide(text)
        prefix = f"{label}: "
        shift = len(prefix)
        found = [
            Span(max(span.start - shift, 0), span.end - shift, span.category, span.detector, span.priority)
            for span in self._find(prefix + text)
            if span.end > shift
        ]
        self._spans = tuple(found)
        return self._ledger.replace(text, found) if found else text

    def _find(self, text: str) -> list[Span]:
        copy, offsets = canonicalise(text)
        found: list[Span] = []
        for detector in self._detectors:
            try:
                found.extend(detector.find(copy))
            except PhiwardError:
                raise
            except Exception:
                raise UnsafeContentError("A detector failed, so nothing was sent.", rule="detector") from None
        found.extend(self._learned.learn_and_find(copy, found))
        if offsets is not None:
            found = [map_back(span, offsets, text) for span in found]
        found.extend(look_alikes(text))
        return resolve(found, text) if found else found
