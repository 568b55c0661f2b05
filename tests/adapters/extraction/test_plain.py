"""Plain text, strictly decoded."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.adapters.extraction.plain import decode
from phiward.adapters.extraction.reasons import Reason, Refused

NAME = "Zoë Quillfeather"


@pytest.mark.parametrize(
    ("data", "charset", "reason"),
    [
        pytest.param(NAME.encode("latin-1"), None, Reason.NOT_DECODED, id="no charset is guessed"),
        pytest.param(NAME.encode("latin-1"), "utf-8", Reason.BROKEN, id="the declared charset is wrong"),
        pytest.param(b"a\x81b", "windows-1252", Reason.BROKEN, id="a byte without meaning there"),
        pytest.param(b"a", "shift_jis", Reason.UNKNOWN_CHARSET, id="a charset that is not read"),
        pytest.param(b"a", "", Reason.UNKNOWN_CHARSET, id="an unreadable name"),
        pytest.param(NAME.encode("utf-32"), None, Reason.UNKNOWN_CHARSET, id="UTF-32 begins as UTF-16 does"),
        pytest.param(b"\xff\xfea", None, Reason.NOT_DECODED, id="half a UTF-16 character"),
        pytest.param(b"PK\x03\x04", None, Reason.CONTROLS, id="an archive"),
        pytest.param(b"a\x00b", None, Reason.CONTROLS, id="a NUL"),
        pytest.param("a\x9b31m".encode(), None, Reason.CONTROLS, id="a control of the second block"),
        pytest.param(b"{\\rtf1 a}", None, Reason.RICH_TEXT, id="RTF under a wrong name"),
        pytest.param(b" \r\n", None, Reason.NO_TEXT, id="nothing"),
    ],
)
def test_what_is_not_certainly_text_is_refused(data: bytes, charset: str | None, reason: Reason) -> None:
    """A wrong guess would change names and doses."""
    with pytest.raises(Refused) as refused:
        decode(data, charset)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        pytest.param(NAME.encode(), None, id="UTF-8"),
        pytest.param(NAME.encode("utf-8-sig"), None, id="UTF-8 with mark"),
        pytest.param(NAME.encode("utf-16"), None, id="UTF-16 with mark"),
        pytest.param(b"\xfe\xff" + NAME.encode("utf-16-be"), "utf-8", id="the mark goes before the charset"),
        pytest.param(NAME.encode("cp1252"), "Windows-1252", id="declared, in any case"),
        pytest.param(NAME.encode("latin-1"), "iso-8859-1", id="Latin 1"),
        pytest.param(NAME.encode("utf-16-le"), "utf-16le", id="UTF-16 without mark"),
    ],
)
def test_a_text_is_decoded_as_it_is_marked_or_declared(data: bytes, charset: str | None) -> None:
    """To the same text."""
    assert decode(data, charset) == NAME


def test_lines_end_with_line_feeds() -> None:
    """So that offsets mean the same everywhere."""
    assert decode(b"a\r\nb\rc\fd", None) == "a\nb\nc\nd"


@given(st.binary(), st.sampled_from([None, "utf-8", "utf-16", "windows-1252", "us-ascii"]))
def test_any_bytes_are_a_text_or_a_refusal(data: bytes, charset: str | None) -> None:
    """No other error escapes."""
    with suppress(Refused):
        assert decode(data, charset).strip()
