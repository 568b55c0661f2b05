"""What is built once a process."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.rules.catalogue import rule_detectors
from phiward.deid.spans import Span
from phiward.domain.patients import Identifier
from phiward.domain.placeholders import Category
from tests.rooms.deid.helpers import OKAFOR, TODAY, K, patient


def test_a_new_version_of_the_record_replaces_the_matcher():
    """The cache is keyed by (patient, version)."""
    deidentifier = Deidentifier(rule_detectors())
    assert deidentifier.conversation(OKAFOR, TODAY).hide("Testnova") == "Testnova"
    newer = replace(OKAFOR, version=2, identifiers=(*OKAFOR.identifiers, Identifier(K.FAMILY, "Testnova")))
    assert deidentifier.conversation(newer, TODAY).hide("Testnova") == "[PATIENT_1]"


def test_one_patients_names_are_not_used_for_another():
    """A matcher belongs to one patient."""
    deidentifier = Deidentifier(rule_detectors())
    deidentifier.conversation(OKAFOR, TODAY).hide("Okafor")
    other = patient((K.FAMILY, "Testcase"), number=9)
    assert deidentifier.conversation(other, TODAY).hide("Peggy") == "Peggy"


def test_the_cache_is_bounded():
    """Identifiers of patients not seen lately leave memory."""
    deidentifier = Deidentifier(max_matchers=3)
    for number in range(10):
        deidentifier.conversation(patient((K.FAMILY, "Testcase"), number=number + 1), TODAY)
    assert len(deidentifier._matchers) == 3


def test_a_tagger_can_be_added():
    """The place for the name model: one more detector."""

    class Tagger:
        """Finds one name."""

        def find(self, text):
            """Where it stands."""
            at = text.find("Zebedee")
            return [Span(at, at + 7, Category.NAME, "tagger")] if at >= 0 else []

    deidentifier = Deidentifier([*rule_detectors(), Tagger()])
    assert deidentifier.conversation(None, TODAY).hide("Zebedee, 03/05/2024") == "[NAME_1], [DATE_1]"


def test_threads_share_it():
    """Conversations are apart; the matcher is shared."""
    deidentifier = Deidentifier()
    with ThreadPoolExecutor(8) as pool:
        results = set(pool.map(lambda _: deidentifier.conversation(OKAFOR, TODAY).hide("Mrs. Okafor"), range(64)))
    assert results == {"[PATIENT_1]"}
