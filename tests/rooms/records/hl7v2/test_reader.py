"""A whole file of messages."""

import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from phiward.domain.errors import ImportFailedError
from phiward.records.hl7v2 import reader
from phiward.records.hl7v2.patient import SKIP_NO_PATIENT, SKIP_TWO_PATIENTS
from phiward.records.hl7v2.reader import parse_hl7, parse_hl7_bytes
from phiward.records.reading import Limits, Source
from phiward.records.results import ParsedFile

from .feeds import CANARY, HERE, PID, message, msh, pv1, segment

OBR = "OBR|1|P-1|F-1^LAB|CMP^Metabolic panel|||20240102"
TXA = segment("TXA", f2="OP", f4="20240102", f12="^^DOC-1^HOSP")


def result(value: str, status: str = "F", sent: str = "20240101", pid: str = PID) -> str:
    """An ORU with one result."""
    return message(msh("ORU^R01", sent), pid, OBR, f"OBX|1|NM|C^Crea||{value}||||||{status}")


def read(*texts: str) -> ParsedFile:
    """What these messages say together."""
    return parse_hl7_bytes("".join(texts).encode(), HERE)


@pytest.mark.parametrize(
    ("text", "type_", "reason"),
    [
        pytest.param(message(msh("ADT^A40"), PID, "MRG|M-2"), "ADT", reader.SKIP_MERGE, id="a merge"),
        pytest.param(message(msh("ADT^A24"), PID, PID), "ADT", reader.SKIP_MERGE, id="a link"),
        pytest.param(message(msh("ADT^A29"), PID), "ADT", reader.SKIP_DELETE, id="a deletion"),
        pytest.param(message(msh(processing="T"), PID), "ADT", reader.SKIP_NOT_PRODUCTION, id="for training"),
        pytest.param(message(msh("MDM^T01"), PID, TXA), "MDM", reader.SKIP_NOTICE, id="a notice"),
        pytest.param(message(msh("ORM^O01"), PID), "ORM", reader.SKIP_TYPE, id="an order"),
        pytest.param(message(msh("ADT^Z99"), PID), "ADT", reader.SKIP_TYPE, id="an event that is not known"),
        pytest.param(message(msh(f"{CANARY}^A01"), PID), "other messages", reader.SKIP_TYPE, id="a type that is none"),
        pytest.param(result("1", pid="PV1|1"), "ORU", SKIP_NO_PATIENT, id="a result of nobody"),
        pytest.param(result("1", pid="PID|1||||X^Y"), "ORU", SKIP_NO_PATIENT, id="a patient without a number"),
        pytest.param(message(msh(), PID, PID), "ADT", SKIP_TWO_PATIENTS, id="a patient twice"),
        pytest.param(message(msh("MDM^T02"), PID, TXA), "MDM", reader.documents.SKIP_NO_TEXT, id="no text"),
    ],
)
def test_what_is_not_kept_is_counted_with_its_reason(text: str, type_: str, reason: str) -> None:
    """And nothing of it comes out."""
    parsed = read(text)
    assert parsed.skipped == {(type_, reason): 1}
    assert (parsed.resources, parsed.patients, parsed.facts, parsed.documents) == (1, (), (), ())


def test_a_broken_message_stops_the_file_and_is_named() -> None:
    """By its number, without its content."""
    with pytest.raises(ImportFailedError, match=r"^File 1 of 1, message 2, PID-7: ") as caught:
        read(result("1"), message(msh(), PID.replace("19700131", CANARY)))
    assert CANARY not in str(caught.value)


def test_a_result_with_another_date_of_birth_stops_the_file() -> None:
    """The number may be someone else's."""
    with pytest.raises(ImportFailedError, match="message 2: an earlier message"):
        read(message(msh(), PID), result("1", sent="20240102", pid=PID.replace("19700131", "19800131")))


def test_a_registration_corrects_a_date_of_birth() -> None:
    """What it says of the patient is what is so."""
    parsed = read(message(msh(), PID), message(msh(sent="20240102"), PID.replace("19700131", "19800131")))
    assert parsed.patients[0].birth_date == date(1980, 1, 31)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    """Before it is read whole."""
    path = tmp_path / "feed.hl7"
    path.write_text(message(msh(), PID))
    with pytest.raises(ImportFailedError, match="larger than 10 bytes"):
        parse_hl7(Source(path, HERE), Limits(max_file_bytes=10))
    assert parse_hl7(Source(path, HERE)).resources == 1


_ANY_LINE = st.sampled_from(
    [msh(), msh("ORU^R01"), msh("MDM^T02"), PID, OBR, TXA, pv1(), "BHS|^~\\&", "BTS|1", "\x1c", "\x0b"]
)
_PIECES = st.one_of(_ANY_LINE.map(str.encode), st.binary(max_size=40), st.sampled_from([b"|", b"^", b"&", b"~", b"\\"]))


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=12), st.sampled_from([b"\r", b"\n", b""]))
@example([b"MSH|^~\\&||"], b"\r")
@example([b"MSH"], b"\r")
def test_no_bytes_raise_anything_but_a_failed_import(pieces: list[bytes], end: bytes) -> None:
    """Whatever stands in a file."""
    with contextlib.suppress(ImportFailedError):
        parse_hl7_bytes(end.join(pieces), HERE)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_feed_raises_nothing_but_a_failed_import(data: st.DataObject) -> None:
    """Any byte of a sound one changed, or all after it cut off."""
    sound = (
        message(msh("ADT^A01"), PID, pv1("20240101"))
        + result("1.20")
        + message(msh("MDM^T02"), PID, TXA, "OBX|1|TX|T||x")
    ).encode()
    position = data.draw(st.integers(0, len(sound) - 1))
    byte, cut = data.draw(st.binary(min_size=1, max_size=1)), data.draw(st.booleans())
    damaged = sound[:position] if cut else sound[:position] + byte + sound[position + 1 :]
    with contextlib.suppress(ImportFailedError):
        parse_hl7_bytes(damaged, HERE)


def test_the_last_message_wins_by_the_time_at_which_it_was_sent() -> None:
    """Not by where it stands in the file."""
    parsed = read(result("2", "C", sent="20240103"), result("1", sent="20240102"))
    assert [one.saying.value for one in parsed.facts] == ["2"]


def test_of_equal_times_the_later_in_the_file_wins() -> None:
    """As the feed delivered them."""
    assert [one.saying.value for one in read(result("1"), result("2", "C")).facts] == ["2"]


def test_what_is_taken_back_last_is_retracted_and_what_is_restated_is_not() -> None:
    """Both ways round."""
    gone = read(result("1"), result("1", "W"))
    assert (gone.facts, len(gone.retracted)) == ((), 1)
    back = read(result("1", "W"), result("1"))
    assert (len(back.facts), back.retracted) == (1, ())


def test_cancelling_an_admission_takes_the_visit_back() -> None:
    """A11 after A01."""
    parsed = read(
        message(msh("ADT^A01"), PID, pv1("20240101")), message(msh("ADT^A11", "20240102"), PID, pv1("20240101"))
    )
    assert (parsed.relations, parsed.retracted) == ((), ("urn:hl7v2:visit:HOSP:VISIT-9",))


def test_a_document_that_was_replaced_is_taken_back() -> None:
    """Its replacement stands."""
    line = "OBX|1|TX|T||text"
    new = segment("TXA", f2="OP", f4="20240102", f12="^^DOC-2^HOSP", f13="^^DOC-1^HOSP")
    parsed = read(message(msh("MDM^T02"), PID, TXA, line), message(msh("MDM^T10"), PID, new, line))
    assert [one.source_id for one in parsed.documents] == ["urn:hl7v2:document:HOSP:DOC-2"]
    assert parsed.retracted == ("urn:hl7v2:document:HOSP:DOC-1",)


def test_a_cancelled_document_is_no_skip() -> None:
    """It takes something back, and so it counts as read."""
    parsed = read(message(msh("MDM^T11"), PID, TXA))
    assert (parsed.skipped, parsed.unresolved, parsed.retracted) == ({}, {}, ("urn:hl7v2:document:HOSP:DOC-1",))


def test_messages_of_every_kind_come_together() -> None:
    """One patient, his visit, result and document."""
    parsed = read(
        message(msh("ADT^A01"), PID, pv1("20240101")),
        result("1.20"),
        message(msh("MDM^T02"), PID, TXA, "OBX|1|TX|T||x"),
    )
    assert (parsed.resources, len(parsed.patients), len(parsed.relations)) == (3, 1, 1)
    assert (len(parsed.facts), len(parsed.documents), parsed.skipped, parsed.unresolved) == (1, 1, {}, {})
    who = parsed.patients[0].source_id
    assert {one.patient for one in (*parsed.facts, *parsed.documents, *parsed.relations)} == {who}
    assert CANARY not in repr(parsed)
