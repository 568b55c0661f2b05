"""An entry: equal by value, and silent about what it holds."""

from dataclasses import replace

import numpy as np
import pytest

from phiward.retrieval.entries import Entry
from tests.rooms.retrieval.indexed import document, vector

_ENTRY = Entry(document(1), 1, 0, 5, "Testperson", {777777: 1}, vector(1))


@pytest.mark.parametrize(
    "other",
    [
        replace(_ENTRY, document=document(2)),
        replace(_ENTRY, version=2),
        replace(_ENTRY, start=1),
        replace(_ENTRY, end=6),
        replace(_ENTRY, section=""),
        replace(_ENTRY, terms={777777: 2}),
        replace(_ENTRY, vector=vector(2)),
        replace(_ENTRY, vector=None),
        "text",
    ],
)
def test_entries_that_differ_anywhere_are_not_equal(other: object) -> None:
    """In no single place."""
    assert other != _ENTRY


def test_entries_are_equal_by_value() -> None:
    """Number by number."""
    assert _ENTRY.vector is not None
    assert replace(_ENTRY, vector=np.array(_ENTRY.vector), terms={777777: 1}) == _ENTRY


def test_an_entry_prints_neither_section_nor_words_nor_vector() -> None:
    """Vectors are PHI as the text is: texts can be made out of them."""
    said = repr(_ENTRY)
    assert "Testperson" not in said
    assert "777777" not in said
    assert "array" not in said
