"""One request: texts in, texts with placeholders out, and the way back.

Canonical copy → text of the markup → detectors → names found once are names everywhere → offsets mapped back → overlaps
settled → placeholders. The order of calls decides the numbering, so that the same history gives the
same placeholders.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from phiward.deid.canonical import canonicalise, fold, map_back
from phiward.deid.ledger import Ledger
from phiward.deid.letterspaced import close_up, unfold
from phiward.deid.markup import is_markup, readings
from phiward.deid.nested import hide_nested
from phiward.deid.propagation import LearnedNames, Words
from phiward.deid.rules.literals import look_alikes
from phiward.deid.spans import Detector, Span, resolve
from phiward.domain.errors import PhiwardError, UnsafeContentError
from phiward.domain.placeholders import Category


class Conversation:
    """Made by `Deidentifier.conversation`; one thread at a time. Prints nothing of what it holds."""

    def __init__(self, detectors: Sequence[Detector], today: date, words: Words | None = None) -> None:
        """`detectors` include those that know the patient; `today` dates two-digit years."""
        self._detectors = tuple(detectors)
        self._ledger = Ledger(today)
        self._learned = LearnedNames(words)
        self._spans: tuple[Span, ...] = ()

    def hide(self, text: str) -> str:
        """The text with the Safe Harbor transformation applied.

        Raises UnsafeContentError when a detector fails: then nothing may leave.
        """
        self._spans = tuple(self._find(text))
        return self._ledger.replace(text, self._spans) if self._spans else text

    def remove(self, text: str) -> str:
        """The text with every identifier replaced by its bare category: `[NAME]`. There is no way back.

        Counts are of places, not of distinct values. Raises UnsafeContentError when a detector fails.
        """
        self._spans = tuple(self._find(text))
        return self._ledger.remove(text, self._spans)

    def hide_json(self, value: Any) -> Any:
        """A transformed copy of a JSON value: strings, keys, and numbers that identify become strings.

        FHIR resources go field by field. Raises InvalidRequestError for what is not JSON.
        """
        return hide_nested(value, self)

    def whole(self, text: str, category: Category) -> str:
        """The placeholder of all of `text`, which is a `category` by its place; a name may be the patient's."""
        if category is Category.NAME and any(
            span.category is Category.PATIENT and span.start == 0 and span.end == len(text) for span in self._find(text)
        ):
            category = Category.PATIENT
        return self._ledger.replace(text, [Span(0, len(text), category, "field")])

    def learn(self, name: str) -> None:
        """Take `name` for a name wherever it stands from now on, like one that a rule was sure of."""
        copy = fold(name)
        self._learned.learn_and_find(copy, [Span(0, len(copy), Category.NAME, "people")])

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

    def labelled(self, text: str, label: str) -> str:
        """As `hide`, read as if `label` and a colon stood before `text`. Empty labels stand nowhere."""
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
        closed, spaces = close_up(copy)
        found: list[Span] = []
        if spaces is not None:
            found.extend(unfold(span, spaces) for span in self._seen(closed))
        elif is_markup(copy):
            for reading in readings(copy):
                found.extend(piece for span in self._seen(reading.text) for piece in reading.map_back(span))
            found.extend(self._seen(copy, learn=False))  # as it is written too: what only looks like a tag is text
        else:
            found.extend(self._seen(copy))
        if offsets is not None:
            found = [map_back(span, offsets, text) for span in found]
        found.extend(look_alikes(text))
        return resolve(found, text) if found else found

    def _seen(self, text: str, *, learn: bool = True) -> list[Span]:
        """What the detectors find in `text`, in its own offsets."""
        found: list[Span] = []
        for detector in self._detectors:
            try:
                found.extend(detector.find(text))
            except PhiwardError:
                raise
            except Exception:
                raise UnsafeContentError("A detector failed, so nothing was sent.", rule="detector") from None
        found.extend(self._learned.learn_and_find(text, found if learn else ()))
        return found
