"""Everything the record knows of the patient in context, as one detector."""

from collections.abc import Callable, Iterable
from datetime import date

from phiward.deid.known.birth import BirthMatcher
from phiward.deid.known.codes import CodeMatcher
from phiward.deid.known.misspelt import MisspeltNames
from phiward.deid.known.names import NameMatcher
from phiward.deid.known.places import PlaceMatcher
from phiward.deid.spans import Detector, Span
from phiward.deid.words import is_word
from phiward.domain.patients import KnownPatient


class KnownMatcher:
    """Built once for each version of a patient's record; immutable, shared between threads."""

    def __init__(self, known: KnownPatient, is_ordinary: Callable[[str], bool] = is_word) -> None:
        """Takes every identifier of the record. `is_ordinary`: which words in lower case are no misspelt names."""
        self._misspelt = MisspeltNames(known.identifiers, is_ordinary)
        self._names = NameMatcher(known.identifiers)
        self._codes = CodeMatcher(known.identifiers)
        self._places = PlaceMatcher(known.identifiers)
        self._birth = BirthMatcher(known.birth_date, known.identifiers)

    def __repr__(self) -> str:
        return "KnownMatcher(…)"

    def on(self, today: date) -> Detector:
        """The detector for one day; the day decides which ages are over 89."""
        return _OnDay(self, today)

    def find(self, text: str, today: date) -> Iterable[Span]:
        """Every known identifier in `text`."""
        low = text.lower()
        yield from self._names.find(text, low)
        yield from self._misspelt.find(low)
        yield from self._codes.find(text, low)
        yield from self._places.find(text, low)
        yield from self._birth.find(text, today)


class _OnDay:
    def __init__(self, matcher: KnownMatcher, today: date) -> None:
        self._matcher, self._today = matcher, today

    def find(self, text: str) -> Iterable[Span]:
        return self._matcher.find(text, self._today)
