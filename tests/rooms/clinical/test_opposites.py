"""Opposites: which words turn a finding into another."""

import pytest

from phiward.clinical.opposites import opposites, turned


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("left", {"right"}),
        ("low", {"elevat", "high"}),
        ("hyperkalemia", {"hypokalemia"}),
        ("hypotension", {"hypertension"}),
        ("tachycardia", {"bradycardia"}),
        ("kidney", set()),
    ],
)
def test_a_word_has_its_opposites(word: str, expected: set[str]) -> None:
    """As stems, and both ways."""
    assert set(opposites(word)) == expected
    assert all(word in set(opposites(other)) for other in expected)


def test_a_source_that_has_the_opposite_alone_is_turned_around() -> None:
    """One that has both, or neither, says nothing about it."""
    assert turned(["left", "lung"], frozenset({"right", "lung"}))
    assert not turned(["left", "lung"], frozenset({"right", "left", "lung"}))
    assert not turned(["left", "lung"], frozenset({"lung"}))
