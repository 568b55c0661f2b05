"""Key classes."""

from phiward.vault.classes import KeyClass


def test_the_names_of_the_classes_are_stored_and_must_not_change() -> None:
    """The class is part of a key's name and of every ciphertext's context."""
    assert [str(one) for one in KeyClass] == ["phi", "audit", "vectors", "tokens", "backups"]
