"""Chances become spans."""

import numpy as np
import pytest

from phiward.deid.tagger.decoding import Found, Thresholds, decode
from phiward.deid.tagger.tokens import tokenise

LABELS = ("O", "NAME", "PLACE")
THRESHOLDS = Thresholds(seed=0.5, join=0.25, suspect=0.2, plain=0.8)


class Line:
    """A safe-word line that knows two words."""

    def is_suspect(self, low: str) -> bool:
        """What nobody has heard of."""
        return low == "quux"

    def is_plain(self, low: str) -> bool:
        """What is certainly a word."""
        return low == "pain"


def chances(*rows: tuple[float, float]) -> np.ndarray:
    """Rows of (NAME, PLACE); the rest may stay."""
    return np.array([[1 - name - place, name, place] for name, place in rows], dtype=np.float32)


def found(text: str, *rows: tuple[float, float]) -> list[tuple[str, str]]:
    """Decoded spans as text and label."""
    tokens = tokenise(text)
    return [
        (text[tokens.starts[one.first] : tokens.ends[one.last]], one.label)
        for one in decode(chances(*rows), tokens, LABELS, THRESHOLDS, Line())
    ]


def test_nothing_likely_gives_no_span():
    """Neighbours alone do not make a span."""
    assert found("a b", (0.3, 0), (0.3, 0)) == []


@pytest.mark.parametrize(
    ("text", "rows", "spans", "reason"),
    [
        ("Ann Lee", [(0.6, 0), (0.3, 0)], [("Ann Lee", "NAME")], "a neighbour joins from a lower chance on"),
        ("Ann Lee", [(0.6, 0), (0.2, 0)], [("Ann", "NAME")], "but not from any"),
        ("Lee Akron", [(0.9, 0), (0, 0.9)], [("Lee", "NAME"), ("Akron", "PLACE")], "labels part"),
        ("Lee\n\nLee", [(0.9, 0), (0.9, 0)], [("Lee", "NAME"), ("Lee", "NAME")], "an empty line parts"),
        ("quux came", [(0.22, 0), (0, 0)], [("quux", "NAME")], "a suspect word goes on a slight chance"),
        ("Lee came", [(0.22, 0), (0, 0)], [], "another does not"),
        ("pain came", [(0.7, 0), (0, 0)], [], "a plain word needs a strong one"),
        ("pain came", [(0.9, 0), (0, 0)], [("pain", "NAME")], "and goes then"),
        ("x Lee y", [(0, 0), (0.9, 0), (0, 0)], [("Lee", "NAME")], "alone in its sentence"),
    ],
)
def test_spans_grow_from_sure_tokens(text, rows, spans, reason):
    """Half a name is worse than a word too many."""
    assert found(text, *rows) == spans, reason


def test_the_chance_of_a_span_is_that_of_its_surest_token():
    """It decides whether the name is believed elsewhere."""
    (one,) = decode(chances((0.95, 0), (0.5, 0)), tokenise("Ann Lee"), LABELS, THRESHOLDS, Line())
    assert one == Found(0, 1, "NAME", pytest.approx(0.95, abs=1e-6))
