"""The index of known identifiers: what it answers, and what it does not hold."""

from uuid import UUID

import pytest

from phiward.guard import index as module
from phiward.guard.index import GLUED, MIRRORED, NAME, NUMBER, ROTATED, KnownIndex, Reach
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


REACHES = [
    ("the first word of a name", "Zelda", NAME, 2),
    ("of the longest name that begins so", "René", NAME, 3),
    ("by rot13", "Mryqn", ROTATED, 2),
    ("from its end", "adleZ", MIRRORED, 0),
    ("a number", "400", NUMBER, 0),
    ("a name written as one word", "ZeldaQuagmire", GLUED, 0),
    ("the same in small letters", "zeldaquagmire", GLUED, 0),
    ("a short one in small letters", "adadate", 0, 0),
    ("another word", "lisinopril", 0, 0),
]


@pytest.mark.parametrize(("token", "bits", "words"), [pytest.param(*row[1:], id=row[0]) for row in REACHES])
def test_a_token_is_looked_up_once_in_every_reading(token: str, bits: int, words: int) -> None:
    """What it may begin, and how many words that has."""
    assert INDEX.reach(token) == Reach(bits, words)
    assert INDEX.reach(token) == Reach(bits, words)


def test_a_name_written_as_one_word_is_parted() -> None:
    """At the one place where both parts make a name."""
    assert INDEX.parted("ZeldaQuagmire") == ("zelda", "quagmire")
    assert INDEX.parted("ZeldaQuagmires") == ()
    assert INDEX.parted("Zelda1Quagmire") == ()


def test_the_same_identifier_of_several_patients_is_held_for_each() -> None:
    """And a row that comes twice counts once; rows may come one at a time."""
    whole = signed("whole:code", "40011111")
    rows = [(UUID(int=one), "code", 1, 0, whole) for one in (1, 2, 1, 3)] + [(UUID(int=4), "code", 1, 0, whole + 1)]
    made = KnownIndex(1, iter(rows), MacTwin())
    assert made.owners("code", "40011111") == {UUID(int=1), UUID(int=2), UUID(int=3)}
    assert repr(made) == "KnownIndex(version 1, 2 identifiers)"


def test_the_greatest_and_the_least_digest_are_found() -> None:
    """The column is searched to both ends."""
    for place, extreme in enumerate((2**63 - 1, -(2**63))):
        made = KnownIndex(1, [(UUID(int=1), "code", 1, 0, one) for one in (extreme, 5, 7)], MacTwin())
        assert made._found(extreme) == {UUID(int=1)}, place
        assert made._found(6) == frozenset()


def test_the_caches_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of tokens and of names that were asked for."""
    monkeypatch.setattr(module, "MAX_CACHED_WORDS", 3)
    made = KnownIndex(1, [], MacTwin())
    for number in range(20):
        made.reach(f"word{number}")
        made.owners("name", f"word{number} word")
        assert len(made._reaches) <= 3
        assert len(made._named) <= 3


def test_the_longest_name_is_known() -> None:
    """In words; none in an empty index."""
    assert INDEX.longest == 3
    assert KnownIndex(1, [], MacTwin()).longest == 0


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
