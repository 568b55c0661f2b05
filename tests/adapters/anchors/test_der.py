"""Certificates in the order that DER asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.adapters.anchors.der import Element, elements, sorted_certificates

trees = st.binary(max_size=200).map(lambda content: Element(0x04, content))


def response(*certificates: bytes, after: bytes = b"\x31\x00") -> bytes:
    """A TimeStampResp as far as its form goes, with an empty set of signers after the certificates."""
    held = b"".join(Element(0x30, one).encoded() for one in certificates)
    signed = b"\x02\x01\x03" + b"\x31\x00" + b"\x30\x00" + Element(0xA0, held).encoded() + after
    token = b"\x06\x01\x2a" + Element(0xA0, Element(0x30, signed).encoded()).encoded()
    return Element(0x30, b"\x30\x03\x02\x01\x00" + Element(0x30, token).encoded()).encoded()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x30", id="no length"),
        pytest.param(b"\x30\x05\x00", id="cut"),
        pytest.param(b"\x30\x80\x00\x00", id="of undefined length"),
        pytest.param(b"\x30\x84\x00\x00\x00\x01\x00", id="a length of four bytes"),
        pytest.param(b"\x3f\x81\x01\x00", id="a longer tag"),
        pytest.param(b"\x30\x05\x30\x03\x02\x01\x02", id="refused: a status and no token"),
        pytest.param(b"<html>", id="text"),
    ],
)
def test_what_has_not_the_form_is_an_error(data: bytes) -> None:
    """Never an index out of range."""
    with pytest.raises(ValueError, match=r"no DER|no time-stamp token"):
        sorted_certificates(data)


def test_certificates_are_sorted_and_nothing_else() -> None:
    """The signers after them stay as they are."""
    b, a, signers = b"b" * 200, b"a" * 200, b"\x31\x04\x30\x00\x02\x00"
    assert sorted_certificates(response(b, a, after=signers)) == response(a, b, after=signers)
    assert sorted_certificates(response(a, b, after=signers)) == response(a, b, after=signers)


@given(certificates=st.lists(st.binary(max_size=300), max_size=4))
def test_what_is_sorted_stays_as_it_is(certificates: list[bytes]) -> None:
    """Once is enough, and no certificate is lost."""
    once = sorted_certificates(response(*certificates))
    assert sorted_certificates(once) == once
    assert len(once) == len(response(*certificates))


@given(parts=st.lists(trees, max_size=5))
def test_elements_are_read_as_they_were_written(parts: list[Element]) -> None:
    """Short and long lengths."""
    assert elements(b"".join(part.encoded() for part in parts)) == parts


@given(data=st.binary(max_size=60))
def test_foreign_bytes_are_read_or_are_an_error_and_nothing_else(data: bytes) -> None:
    """They come from the network."""
    try:
        sorted_certificates(data)
    except ValueError:
        return
