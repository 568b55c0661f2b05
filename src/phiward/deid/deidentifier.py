"""Built once a process: the detectors, and the matchers of patients seen lately."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from threading import Lock

from phiward.deid.conversation import Conversation
from phiward.deid.known.matcher import KnownMatcher
from phiward.deid.rules.ages import Ages
from phiward.deid.rules.catalogue import rule_detectors
from phiward.deid.spans import Detector
from phiward.deid.tagger.tagger import Tagger
from phiward.deid.words import is_word
from phiward.domain.patients import KnownPatient, PatientRef

MAX_MATCHERS = 256
"""Patients whose matcher is kept; each holds some ten kilobytes of identifiers in memory."""


class Deidentifier:
    """Safe to use from several threads at once. Holds no conversation."""

    def __init__(self, detectors: Sequence[Detector] | None = None, max_matchers: int = MAX_MATCHERS) -> None:
        """`detectors` replace the shipped rules and tagger. Raises UnsafeContentError where the tagger is missing."""
        self._detectors = tuple((*rule_detectors(), Tagger()) if detectors is None else detectors)
        self._words = next((one.lexicon for one in self._detectors if isinstance(one, Tagger)), None)
        self._max_matchers = max_matchers
        self._matchers: OrderedDict[tuple[PatientRef, int], KnownMatcher] = OrderedDict()
        self._lock = Lock()

    def conversation(self, known: KnownPatient | None, today: date) -> Conversation:
        """A fresh conversation about `known`, or about nobody known. `today` decides ages and centuries."""
        detectors: list[Detector] = [*self._detectors, Ages(today)]
        if known is not None:
            detectors.append(self._matcher(known).on(today))
        return Conversation(detectors, today, self._words)

    def _matcher(self, known: KnownPatient) -> KnownMatcher:
        key = known.patient, known.version
        with self._lock:
            matcher = self._matchers.get(key)
            if matcher is not None:
                self._matchers.move_to_end(key)
                return matcher
        matcher = KnownMatcher(known, self._words.is_ordinary if self._words else is_word)
        with self._lock:
            self._matchers[key] = matcher
            while len(self._matchers) > self._max_matchers:
                self._matchers.popitem(last=False)
        return matcher
