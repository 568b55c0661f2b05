"""When the words of a known name are words of a sentence."""

import pytest

from phiward.guard.prose import is_prose

CASES = [
    ("a verb behind a name", "Kirk will", True),
    ("a verb before a name", "may Grace", True),
    ("a name", "Will Kirk", False),
    ("a name in small letters", "will kirk", False),
    ("a name in capitals", "WILL KIRK", False),
    ("a small letter that no list knows", "Zelda quagmire", False),
    ("one word", "will", False),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in CASES])
def test_a_listed_word_in_small_letters_beside_a_capital_is_prose(text: str, expected: bool) -> None:
    """And nothing else: a model must not hide a name by its case."""
    assert is_prose(text) is expected
