"""HKDF against RFC 5869 appendix A and against another implementation."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.vault.hkdf import hkdf, hkdf_expand, hkdf_extract


def _octets(first: int, last: int) -> bytes:
    return bytes(range(first, last + 1))


VECTORS = [
    pytest.param(
        bytes([0x0B] * 22), _octets(0x00, 0x0C), _octets(0xF0, 0xF9),
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        id="A.1 basic",
    ),
    pytest.param(
        _octets(0x00, 0x4F), _octets(0x60, 0xAF), _octets(0xB0, 0xFF),
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        id="A.2 longer inputs and outputs",
    ),
    pytest.param(
        bytes([0x0B] * 22), b"", b"",
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        id="A.3 zero-length salt and info",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("key_material", "salt", "info", "prk", "okm"), VECTORS)
def test_the_vectors_of_the_rfc(key_material: bytes, salt: bytes, info: bytes, prk: str, okm: str) -> None:
    """RFC 5869 appendix A.1 to A.3: the SHA-256 cases."""
    expected = bytes.fromhex(okm)
    assert hkdf_extract(salt, key_material).hex() == prk
    assert hkdf(key_material, salt, info, len(expected)) == expected


def test_more_than_255_blocks_are_refused() -> None:
    """RFC 5869 section 2.3: L ≤ 255 x HashLen."""
    assert len(hkdf_expand(bytes(32), b"", 255 * 32)) == 8160
    with pytest.raises(ValueError, match="8160"):
        hkdf_expand(bytes(32), b"", 255 * 32 + 1)


@settings(max_examples=100)
@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=80), st.integers(1, 200))
def test_another_implementation_agrees(key_material: bytes, salt: bytes, info: bytes, length: int) -> None:
    """The one of `cryptography`."""
    other = HKDF(algorithm=SHA256(), length=length, salt=salt or None, info=info).derive(key_material)
    assert hkdf(key_material, salt, info, length) == other
