"""Identified and transformed text are different types, and neither prints."""

from phiward.domain.text import DeidentifiedText, IdentifiedText, Secret

CANARY = "Zelda Quagmire"


def test_neither_type_passes_for_the_other() -> None:
    """A client that accepts only one of them refuses the other, by type and at run time."""
    assert not isinstance(IdentifiedText(CANARY), DeidentifiedText)
    assert not isinstance(DeidentifiedText(CANARY), IdentifiedText)
    assert IdentifiedText(CANARY) != DeidentifiedText(CANARY)


def test_texts_print_their_length_and_secrets_nothing() -> None:
    """repr, str and format alike."""
    for one in (IdentifiedText(CANARY), DeidentifiedText(CANARY)):
        assert repr(one) == f"{type(one).__name__}(14 characters)" == f"{one}"
    assert CANARY not in f"{Secret(CANARY)} {Secret(CANARY)!r}"
    assert Secret("a") == Secret("a")
