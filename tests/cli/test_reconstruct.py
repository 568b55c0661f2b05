"""`phiward audit show --reconstruct`: the words; tests/system/test_reconstruct.py runs it on a real house."""

from uuid import UUID

from phiward.cli.reconstruct import STATES, told
from phiward.domain.patients import PatientRef
from phiward.flow.reconstruct import Piece, Reconstruction, State
from tests.cli.conftest import Installation

PATIENT = PatientRef(UUID(int=3))


def piece(name: str, state: State, text: bytes | None = None) -> Piece:
    """A text beside an intent."""
    return Piece("intent", name, PATIENT, "0" * 64, state, text)


def test_without_a_reader_nothing_is_opened(installation: Installation) -> None:
    """Exit code 2, and what to do."""
    ran = installation.run("audit", "show", str(UUID(int=1)), "--reconstruct")
    assert ran.code == 2
    assert "--as" in ran.err


def test_an_unknown_reader_or_interaction_is_refused(installation: Installation) -> None:
    """Exit code 2."""
    installation.json("user", "add", "rebuilder", "--role", "privacy_officer")
    for login in ("nobody-of-that-login", "rebuilder"):
        ran = installation.run("audit", "show", str(UUID(int=1)), "--reconstruct", "--as", login)
        assert ran.code == 2, login
        assert "What to do:" in ran.err


def test_every_state_of_a_text_has_words() -> None:
    """A destroyed one says plainly that it never opens again."""
    assert set(STATES) == set(State)
    assert "never be opened again" in STATES[State.DESTROYED]


def test_what_is_told_to_programs_is_whole() -> None:
    """And a text that is no UTF-8 is escaped, not dropped."""
    rebuilt = Reconstruction(
        ({"facts": {"trace": [["authorise", "passed", "x", 3]]}},),
        (piece("sent", State.OPENED, b"a\xffb"), piece("received", State.DESTROYED)),
    )
    said = told(rebuilt, {"x": "Because."})
    assert said["sent"] == "a\\xffb"
    assert said["received"] is None
    assert (said["holds"], said["destroyed"]) == (True, True)
    assert said["trace"] == ["3 ms, authorise: passed by x: Because."]
    assert [one["state"] for one in said["texts"]] == ["opened", "destroyed"]
