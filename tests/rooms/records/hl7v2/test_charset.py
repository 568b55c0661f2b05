"""The declared character set."""

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.hl7v2.charset import codec_of, decode

from .feeds import CANARY, HERE


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param("ASCII~ISO IR87", id="a switch to Japanese"),
        pytest.param("UNICODE", id="which encoding of it is not said"),
        pytest.param("UNICODE UTF-16", id="no superset of ASCII"),
        pytest.param("8859/16", id="not in the table"),
        pytest.param("BIG-5", id="not read"),
        pytest.param(CANARY, id="no set at all"),
    ],
)
def test_a_set_that_is_not_read_is_refused(declared: str) -> None:
    """Rather than guessed."""
    with pytest.raises(ImportFailedError, match="MSH-18") as caught:
        codec_of(declared, HERE)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("declared", "data", "said"),
    [
        pytest.param("", CANARY.encode() + b"\xe9", "beyond ASCII", id="nothing is declared"),
        pytest.param("ASCII", b"\xc3\xa9", "beyond ASCII", id="ASCII is declared"),
        pytest.param("UNICODE UTF-8", CANARY.encode() + b"\xe9", "not of the character set", id="Latin-1 as UTF-8"),
        pytest.param("windows-1252", b"\x81", "not of the character set", id="a byte that the set leaves out"),
    ],
)
def test_a_byte_of_another_set_is_refused(declared: str, data: bytes, said: str) -> None:
    """And nothing of it is repeated, not even by what caused the error."""
    with pytest.raises(ImportFailedError, match=said) as caught:
        decode(data, codec_of(declared, HERE), HERE)
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("declared", "data", "text"),
    [
        pytest.param("", b"e", "e", id="nothing: ASCII"),
        pytest.param("UNICODE UTF-8", "é".encode(), "é", id="UTF-8 as table 0211 writes it"),
        pytest.param("utf-8", "é".encode(), "é", id="UTF-8 as many write it"),
        pytest.param("8859/1", b"\xe9", "é", id="Latin-1"),
        pytest.param("ISO 8859-15", b"\xa4", "€", id="Latin-9"),
        pytest.param("8859/5", b"\xb1", "Б", id="Cyrillic"),
        pytest.param("CP1252", b"\x80", "€", id="Windows"),
    ],
)
def test_a_declared_set_is_read(declared: str, data: bytes, text: str) -> None:
    """Each as Python names it."""
    assert decode(data, codec_of(declared, HERE), HERE) == text
