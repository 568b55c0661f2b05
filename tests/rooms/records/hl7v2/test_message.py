"""Typed access to a message."""

from datetime import UTC, date, datetime

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.hl7v2 import message as module

from .feeds import CANARY, PID, msh, parsed

BROKEN = [
    pytest.param(("MSH", PID), "does not declare its delimiters", id="no delimiters"),
    pytest.param(("MSH|^~\\|x", PID), "does not declare its delimiters", id="three delimiters"),
    pytest.param(("MSH|^^\\&|x", PID), "does not declare its delimiters", id="one delimiter twice"),
    pytest.param(("MSHAbcde|x", PID), "not a segment", id="letters as delimiters"),
    pytest.param((msh(), PID.replace("|", "!")), "does not use the delimiters", id="delimiters of another message"),
    pytest.param((msh(version="2.2"), PID), "MSH-12: only HL7 versions", id="too old"),
    pytest.param((msh(version="3"), PID), "MSH-12: only HL7 versions", id="version 3"),
    pytest.param((msh(version=""), PID), "MSH-12: only HL7 versions", id="no version"),
    pytest.param((msh(kind=""), PID), "MSH-9: this is missing", id="no type"),
    pytest.param((msh(charset="ASCII~ISO IR87"), PID), "MSH-18", id="several character sets"),
    pytest.param((msh(), "PID|1||é"), "beyond ASCII", id="an undeclared character set"),
]


@pytest.mark.parametrize(("segments", "said"), BROKEN)
def test_a_broken_header_is_refused(segments: tuple[str, ...], said: str) -> None:
    """With the message's number, and nothing of its content."""
    with pytest.raises(ImportFailedError, match=said) as caught:
        parsed(*segments)
    assert CANARY not in str(caught.value)
    assert "message 1" in str(caught.value)


def test_a_message_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part would be an object."""
    monkeypatch.setattr(module, "MAX_PARTS", 100)
    with pytest.raises(ImportFailedError, match="too many parts"):
        parsed(msh(), "PID" + "|^&" * 50)


def test_a_time_that_is_none_is_refused_at_its_field() -> None:
    """Named as the standard names it."""
    with pytest.raises(ImportFailedError, match=r"^File 1 of 1, message 1, PID-7: this is not a time of HL7"):
        parsed(msh(), f"PID|||||||{CANARY}").segments[1].day(7)


def test_fields_are_counted_from_one() -> None:
    """In MSH too, where the first is the delimiter itself."""
    one = parsed(msh(sent="20240101"), 'PID|a|b1^b2&b3~b4|""|  ')
    assert (one.type, one.event, one.header.text(4), one.header.text(12)) == ("ADT", "A08", "HOSP", "2.5.1")
    pid = one.segments[1]
    assert (pid.text(1), pid.text(2), pid.text(2, 2), pid.text(2, 2, 2)) == ("a", "b1", "b2", "b3")
    assert [part.text() for part in pid.parts(2)] == ["b1", "b4"]
    assert pid.raw(2) == "b1^b2&b3~b4"
    assert (pid.text(3), pid.raw(3), pid.text(4), pid.text(99), pid.raw(99)) == (None, "", None, None, "")


def test_times_are_utc_and_days_are_as_written() -> None:
    """From the same field."""
    pid = parsed(msh(), "PID|||||||19700131230000-0500").segments[1]
    assert pid.moment(7) == datetime(1970, 2, 1, 4, tzinfo=UTC)
    assert pid.day(7) == ("1970-01-31", date(1970, 1, 31))


def test_a_message_may_choose_its_delimiters() -> None:
    """All five."""
    one = parsed("MSH!@$%*!S!HOSP!U!W!20240101!!ADT@A08!1!P!2.5", "PID!1!!M@@@HOSP@MR!!A%T%B@C*D")
    assert (one.segments[1].text(5), one.segments[1].text(5, 2, 2)) == ("A*B", "D")


def test_nothing_of_a_message_is_printed() -> None:
    """Not its segments, nor their parts."""
    one = parsed(msh(), PID)
    assert CANARY not in repr((one, one.segments[1], one.segments[1].parts(5)))
