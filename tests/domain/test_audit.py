"""Entries of the log: fixed kinds, and addenda that do not print."""

from phiward.domain.audit import Addendum, EntryKind, Outcome


def test_an_addendum_does_not_print_its_ciphertext() -> None:
    """A key may be lost later."""
    assert "secret" not in repr(Addendum("sent", b"secret"))


def test_kinds_and_outcomes_keep_their_words() -> None:
    """They stand in signed leaves and must never change."""
    assert {str(kind) for kind in EntryKind} == {"intent", "outcome", "refusal", "retrieval", "administration", "log"}
    assert {str(one) for one in Outcome} == {
        "released",
        "withheld",
        "refused",
        "upstream_failed",
        "client_gone",
        "unknown",
    }
