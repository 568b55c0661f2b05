"""A file to its messages."""

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.hl7v2 import framing
from phiward.records.hl7v2.framing import messages

from .feeds import CANARY, HERE, PID, message, msh

ONE = message(msh(), PID)
BROKEN = [
    pytest.param("", "holds no HL7 message", id="empty"),
    pytest.param(f"{CANARY} is a patient", "before its MSH", id="prose"),
    pytest.param(message(PID), "message 1: a segment stands before its MSH", id="no MSH"),
    pytest.param(ONE + message(msh(), f"{CANARY} speaks"), "message 2: a line is not a segment", id="prose within"),
    pytest.param(message(msh(), f"PID|\x00{CANARY}"), "control character", id="a zero byte"),
    pytest.param(message(msh(), f"PID|\x1b$B{CANARY}"), "control character", id="an escape of ISO 2022"),
    pytest.param(f"\x0b{ONE}", "a block does not end", id="a block cut off"),
    pytest.param(f"\x0b{ONE}\x0b{ONE}\x1c\r", "a block begins within a block", id="a block within a block"),
    pytest.param(message("BHS|^~\\&") + ONE, "a batch does not end", id="a batch cut off"),
    pytest.param(message("FHS|^~\\&", "BHS|^~\\&") + ONE + message("BTS|1"), "does not end", id="a file cut off"),
    pytest.param(
        message("BHS|^~\\&") + ONE + message("BTS|2"), "another number of messages", id="a message is missing"
    ),
    pytest.param(ONE + message("BTS|1"), "did not begin", id="a trailer alone"),
    pytest.param(message("BHS|^~\\&", "BHS|^~\\&"), "within a batch", id="a batch within a batch"),
    pytest.param(message("BHS|^~\\&", PID), "before its MSH", id="a batch of no message"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_what_is_cut_off_or_no_message_is_refused(text: str, said: str) -> None:
    """With the place, and nothing of the content."""
    with pytest.raises(ImportFailedError, match=said) as caught:
        list(messages(text.encode(), HERE))
    assert CANARY not in str(caught.value)


def test_a_segment_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is decoded."""
    monkeypatch.setattr(framing, "MAX_SEGMENT_BYTES", 50)
    with pytest.raises(ImportFailedError, match="longer than 50 bytes"):
        list(messages(message("MSH|^~\\&", "PID|" + "X" * 50).encode(), HERE))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ONE * 2, id="one after the other"),
        pytest.param(ONE.replace("\r", "\n") * 2, id="line feeds"),
        pytest.param(ONE.replace("\r", "\r\n") * 2, id="both"),
        pytest.param(f"\x0b{ONE}\x1c\r" * 2, id="MLLP"),
        pytest.param(f"\x0b{ONE}\x1c\r\n\x0b{ONE.rstrip()}\x1c", id="MLLP, loosely written"),
        pytest.param("\ufeff" + ONE * 2, id="a byte order mark"),
        pytest.param(message("BHS|^~\\&") + ONE * 2 + message("BTS|2"), id="a batch"),
        pytest.param(message("BHS|^~\\&") + ONE * 2 + message("BTS"), id="a batch without count"),
        pytest.param(
            message("FHS|^~\\&", "BHS|^~\\&") + ONE + message("BTS|1", "BHS|^~\\&") + ONE + message("BTS|1", "FTS|2"),
            id="a file of batches",
        ),
        pytest.param(ONE + ONE.rstrip(), id="without a last line end"),
    ],
)
def test_every_framing_gives_the_same_messages(text: str) -> None:
    """Two of them, numbered from 1."""
    found = list(messages(text.encode(), HERE))
    assert [one.segments for one in found] == [(msh().encode(), PID.encode())] * 2
    assert [str(one.place) for one in found] == ["File 1 of 1, message 1", "File 1 of 1, message 2"]
    assert CANARY not in repr(found)
