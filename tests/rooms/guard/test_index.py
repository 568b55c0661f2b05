"""The index of known identifiers: what it answers, and what it does not hold."""

from uuid import UUID

import pytest

from phiward.guard import index as module
from phiward.guard.index import KnownIndex
from tests.flow.indexes import MacTwin

from .house import INDEX, MARGARET, NAMESAKE, ZELDA

OWNERS = [
    ("a full name", "name", "zelda quagmire", {ZELDA.patient}),
    ("a name turned", "name", "quagmire zelda", {ZELDA.patient}),
    ("a shared name", "name", "margaret okafor", {MARGARET.patient, NAMESAKE.patient}),
    ("a given name alone", "name", "zelda", set()),
    ("a code", "code", "40019999", {ZELDA.patient}),
    ("a code as a name", "name", "40019999", set()),
    ("an e-mail address", "email", "zelda.q@example.org", {ZELDA.patient}),
    ("nobody's", "name", "nobody here", set()),
]


@pytest.mark.parametrize(("kind", "phrase", "owners"), [pytest.param(*row[1:], id=row[0]) for row in OWNERS])
def test_the_index_says_whose_an_identifier_is(kind: str, phrase: str, owners: set[UUID]) -> None:
    """Of its own kind only."""
    assert INDEX.owners(kind, phrase) == owners  # type: ignore[arg-type]


def test_a_first_word_says_how_long_the_names_are() -> None:
    """Longest first; nothing for a word that begins no name."""
    rows = [(UUID(int=1), "name", count, signed("word", "ada"), count) for count in (2, 4, 3)]
    made = KnownIndex(1, rows, MacTwin())
    assert made.name_lengths("ada") == (4, 3, 2)
    assert made.name_lengths("other") == ()
    assert made.name_lengths("ada") == (4, 3, 2)


def test_codes_begin_no_name() -> None:
    """Their first word is their only one."""
    assert INDEX.name_lengths("40019999") == ()


def test_the_cache_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream of new words does not grow memory without end, and the answers stay right."""
    monkeypatch.setattr(module, "MAX_CACHED_WORDS", 3)
    made = KnownIndex(1, [(UUID(int=1), "name", 2, signed("word", "ada"), 7)], MacTwin())
    for number in range(20):
        made.name_lengths(f"word{number}")
        assert len(made._seen) <= 3
    assert made.name_lengths("ada") == (2,)


def test_an_index_prints_no_content() -> None:
    """Only its version and its size."""
    assert repr(KnownIndex(7, [], MacTwin())) == "KnownIndex(version 7, 0 identifiers)"


def signed(label: str, word: str) -> int:
    """As the table holds a digest."""
    return int.from_bytes(MacTwin().digest(None, label, word)[:8], "big", signed=True)


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        pytest.param("lisinopril", True, id="a word that begins no name"),
        pytest.param("Zelda", False, id="the beginning of a name"),
        pytest.param("ZE\u0301LDA", False, id="the same in another spelling"),
        pytest.param("400", False, id="digits"),
        pytest.param("b12", False, id="a digit in it"),
        pytest.param("MRN", False, id="capitals that may lead a number"),
    ],
)
def test_most_words_begin_nothing(token: str, expected: bool) -> None:
    """Asked twice: the cache gives the same answer."""
    assert INDEX.begins_nothing(token) is expected
    assert INDEX.begins_nothing(token) is expected
