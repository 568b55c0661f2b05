"""A run of a system over marked texts."""

import pytest

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.evaluation.examples import Example, Marked
from phiward.deid.evaluation.run import Phiward, Run, evaluate
from phiward.deid.evaluation.scores import Scores
from phiward.deid.rules.catalogue import rule_detectors
from phiward.domain.errors import UnsafeContentError
from tests.rooms.deid.evaluation.helpers import CLEAN, NOTE, TODAY, Scripted, gone, scripted


class Failing:
    """A detector that fails."""

    def find(self, text: str) -> list[object]:
        """Always."""
        raise RuntimeError(text)


def test_a_detector_that_fails_ends_the_run() -> None:
    """A figure over some of the texts would be a wrong one."""
    with pytest.raises(UnsafeContentError):
        evaluate(Phiward(Deidentifier([Failing()]), TODAY), [NOTE])


def test_each_text_is_a_conversation_of_its_own() -> None:
    """A name that the first text introduces is not known in the second."""
    first = Example("1", "Dr. Quuxbert was called.", (Marked(4, 12, "NAME"),))
    second = Example("2", "Quuxbert improved.", (Marked(0, 8, "NAME"),))
    run = evaluate(Phiward(Deidentifier(rule_detectors()), TODAY), [first, second])
    assert [len(found) for found in run.found] == [1, 0]
    assert run.scores.documents_leaking == 1


def test_our_system_tells_places_and_categories() -> None:
    """In code points of the text."""
    found = Phiward(Deidentifier(rule_detectors()), TODAY).remove("😀 on 03/04/2024")
    assert list(found) == [gone(5, 15, "DATE")]


def test_what_was_removed_is_kept_in_the_order_of_the_texts() -> None:
    """For the page; and each text is told once it is done."""
    told: list[int] = []
    run = evaluate(Scripted([gone(0, 10)], []), [NOTE, CLEAN], lambda: told.append(1))
    assert run.found == ((gone(0, 10),), ())
    assert (run.name, run.scores.documents, len(told)) == ("scripted", 2, 2)


def test_only_the_system_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is read before and after it: here each reading is a second later than the last."""
    seconds = iter(range(100))
    monkeypatch.setattr("phiward.deid.evaluation.run.time.process_time", lambda: next(seconds))
    run = scripted([NOTE, CLEAN], [], [])
    assert run.cpu_seconds == 2
    assert run.characters_per_second == (len(NOTE.text) + len(CLEAN.text)) / 2


def test_no_time_is_no_speed() -> None:
    """A clock too coarse for a short file gives no figure."""
    assert Run("x", Scores(characters=5), 0.0, ()).characters_per_second is None
