r"""Escape sequences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.errors import ImportFailedError
from phiward.records.hl7v2.escapes import Marks

from .feeds import HERE

MARKS = Marks("|", "^", "~", "\\", "&", "#", "utf-8")
OTHER = Marks("!", "@", "$", "%", "*", "", "iso8859-1")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\\C2842\\", id="a single-byte set"),
        pytest.param("\\M2442\\", id="a multi-byte set"),
        pytest.param("\\XC3\\", id="half a character"),
        pytest.param("\\X1B\\", id="an escape character"),
        pytest.param("\\X00\\", id="a zero byte"),
    ],
)
def test_a_sequence_that_cannot_be_text_is_refused(text: str) -> None:
    """Rather than dropped."""
    with pytest.raises(ImportFailedError):
        MARKS.unescape(text, HERE)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\P\\g", "a|b^c&d~e\\f#g", id="delimiters"),
        pytest.param("one\\.br\\two\\.sp2\\three", "one\ntwo\n\nthree", id="lines"),
        pytest.param("\\H\\loud\\N\\ \\.in+4\\x\\.sk 2\\y", "loud x  y", id="how it is shown"),
        pytest.param("\\XC3A9\\", "é", id="bytes in the set of the message"),
        pytest.param("a\\X0D0A\\b", "a\nb", id="a line end in bytes"),
        pytest.param("C:\\temp\\x", "C:\\temp\\x", id="what is not known stays"),
        pytest.param("50\\", "50\\", id="an escape that does not end"),
        pytest.param("a\\\\F\\b", "a\\|b", id="an empty one before another"),
        pytest.param("\\Zab\\", "\\Zab\\", id="a local one stays"),
    ],
)
def test_a_sequence_stands_for_text(text: str, meant: str) -> None:
    """As chapter 2.7 says."""
    assert MARKS.unescape(text, HERE) == meant


def test_the_delimiters_are_those_of_the_message() -> None:
    """Whatever they are."""
    assert OTHER.unescape("%F%%S%%T%%R%%E%%XE9%", HERE) == "!@*$%é"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_what_was_escaped_comes_back(text: str) -> None:
    """Any text, with its delimiters escaped as a sender does."""
    written = text.replace("\\", "\\E\\")
    for mark, code in (("|", "F"), ("^", "S"), ("&", "T"), ("~", "R")):
        written = written.replace(mark, f"\\{code}\\")
    assert MARKS.unescape(written, HERE) == text
