"""Other systems beside ours, where they are installed. Never a dependency, and nothing is fetched."""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from phiward.deid.evaluation.run import System
from phiward.deid.evaluation.scores import Removed
from phiward.domain.errors import PhiwardError

LANGUAGE_MODEL = "en_core_web_lg"
"""What presidio's default engine reads English with. Where it is missing, presidio would download it."""


class PeerMissingError(PhiwardError):
    """A system to compare with is not installed here."""

    code = "peer_missing"
    advice = (
        "Install it beside phiward: `python -m pip install presidio-analyzer`, "
        f"then `python -m spacy download {LANGUAGE_MODEL}`."
    )


class Finding(Protocol):
    """What an analyzer says: a place in code points, `end` exclusive, and its own word for it."""

    start: int
    end: int
    entity_type: str


class Analyzer(Protocol):
    """The part of presidio's AnalyzerEngine that is used."""

    def analyze(self, *, text: str, language: str) -> Iterable[Finding]:
        """Everything that identifies, by its own recognizers and its own threshold."""


class Presidio:
    """presidio-analyzer as it comes: its default engine, all entities that it supports, its own threshold."""

    name = "presidio"

    def __init__(self, analyzer: Analyzer | None = None) -> None:
        """`analyzer`: one like presidio's AnalyzerEngine. Raises PeerMissingError where it is not installed."""
        self._analyzer = _default_engine() if analyzer is None else analyzer

    def remove(self, text: str) -> Sequence[Removed]:
        """Everything that it finds, in the order of the text."""
        found = self._analyzer.analyze(text=text, language="en")
        return sorted({Removed(one.start, one.end, str(one.entity_type)) for one in found})


def _default_engine() -> Analyzer:
    try:
        module = importlib.import_module("presidio_analyzer")
        importlib.import_module(LANGUAGE_MODEL)
    except ImportError as error:
        missing = f"presidio's language model {LANGUAGE_MODEL}" if error.name == LANGUAGE_MODEL else "presidio-analyzer"
        raise PeerMissingError(f"{missing} is not installed here.", param="compare") from None
    engine: Analyzer = module.AnalyzerEngine()
    return engine


PEERS: Mapping[str, type[System]] = MappingProxyType({"presidio": Presidio})
"""Name for `--compare` → what makes it."""
