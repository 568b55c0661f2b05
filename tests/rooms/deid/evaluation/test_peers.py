"""Systems beside ours. The engine here is a fake: the real one is installed in no test."""

import sys
from dataclasses import dataclass
from types import ModuleType

import pytest

from phiward.deid.evaluation.peers import LANGUAGE_MODEL, PEERS, PeerMissingError, Presidio
from phiward.deid.evaluation.run import evaluate
from phiward.deid.evaluation.scores import Removed
from tests.rooms.deid.evaluation.helpers import NOTE


@dataclass
class FakeResult:
    """As presidio's RecognizerResult: more than we read."""

    entity_type: str
    start: int
    end: int
    score: float = 0.85


class FakeAnalyzerEngine:
    """As presidio's AnalyzerEngine, with answers of its own."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def analyze(self, *, text: str, language: str) -> list[FakeResult]:
        """A date, a person, and the person once more with another score."""
        self.asked.append((text, language))
        return [FakeResult("DATE_TIME", 19, 29), FakeResult("PERSON", 0, 10), FakeResult("PERSON", 0, 10, 0.4)]


def absent(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make `name` a module that cannot be imported."""
    monkeypatch.setitem(sys.modules, name, None)


def present(monkeypatch: pytest.MonkeyPatch, name: str, **members: object) -> None:
    """Make `name` a module with these members."""
    module = ModuleType(name)
    vars(module).update(members)
    monkeypatch.setitem(sys.modules, name, module)


def test_what_is_not_installed_is_refused_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is measured."""
    absent(monkeypatch, "presidio_analyzer")
    with pytest.raises(PeerMissingError, match="presidio-analyzer is not installed") as caught:
        Presidio()
    assert "pip install presidio-analyzer" in caught.value.advice


def test_a_missing_language_model_is_not_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine would fetch it; it is not even made."""

    def made() -> None:
        raise AssertionError

    present(monkeypatch, "presidio_analyzer", AnalyzerEngine=made)
    absent(monkeypatch, LANGUAGE_MODEL)
    with pytest.raises(PeerMissingError, match=LANGUAGE_MODEL):
        Presidio()


def test_the_default_engine_is_used_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no setting of ours."""
    present(monkeypatch, "presidio_analyzer", AnalyzerEngine=FakeAnalyzerEngine)
    present(monkeypatch, LANGUAGE_MODEL)
    assert PEERS["presidio"]().remove("x")[0].label == "PERSON"


def test_its_findings_become_removals_in_the_order_of_the_text() -> None:
    """Each place once."""
    engine = FakeAnalyzerEngine()
    assert Presidio(engine).remove(NOTE.text) == [Removed(0, 10, "PERSON"), Removed(19, 29, "DATE_TIME")]
    assert engine.asked == [(NOTE.text, "en")]


def test_a_peer_is_scored_as_we_are() -> None:
    """By what it removes, whatever it calls it."""
    run = evaluate(Presidio(FakeAnalyzerEngine()), [NOTE])
    assert (run.name, run.scores.all.recall, run.scores.precision) == ("presidio", 1, 1)
