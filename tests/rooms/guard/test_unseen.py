"""Numbers that stood nowhere in the conversation."""

import pytest

from phiward.guard.unseen import Context, unseen_numbers

NUMBERS = [
    ("a telephone number", "call +1-312-555-0188", ["312-555-0188"]),
    ("a social security number", "987-65-4320", ["987-65-4320"]),
    ("an e-mail address", "to ada@example.org.", ["ada@example.org"]),
    ("a card", "4111 1111 1111 1111", ["4111 1111 1111 1111"]),
    ("a provider", "NPI 1234567893", ["1234567893"]),
    ("a toll-free number", "call 1-800-555-0199 or (888) 555-0199", []),
    ("doses and dates", "5 mg on 03/04/2024, 128/78", []),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in NUMBERS])
def test_identifying_numbers_are_given_in_a_form_to_ask_for(text: str, expected: list[str]) -> None:
    """A telephone number without its country; a service's is none."""
    assert list(unseen_numbers(text)) == expected


def test_a_number_was_seen_in_whatever_way_it_was_written() -> None:
    """With other separators, or with its country."""
    context = Context(["tel: +1 312.555.0188", "Zelda.Q@example.org"])
    assert context("(312) 555-0188")
    assert context("zelda.q@EXAMPLE.org")
    assert not context("312-555-0199")
    assert not Context()("312-555-0188")


def test_two_texts_do_not_make_a_number() -> None:
    """What ends one and begins the next is not one number."""
    assert not Context(["312-555", "0188"])("312-555-0188")


def test_a_context_prints_no_text() -> None:
    """It holds the whole conversation."""
    assert "Zelda" not in repr(Context(["Zelda"]))
