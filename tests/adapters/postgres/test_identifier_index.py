"""Digests of known identifiers: what a row holds. Storing them is tested with the importer."""

from phiward.adapters.postgres.identifier_index import digest_row
from phiward.domain.known import KnownPhrase
from tests.rooms.records.fhir_files import PlainMac


def test_a_row_holds_two_keyed_digests_and_no_word() -> None:
    """The first 64 bits, signed and big-endian, of the first word and of the whole."""
    mac = PlainMac()
    first = int.from_bytes(mac.digest(None, "word", "quilla")[:8], "big", signed=True)
    whole = int.from_bytes(mac.digest(None, "whole:name", "quilla testova")[:8], "big", signed=True)
    assert digest_row(KnownPhrase("name", ("quilla", "testova")), mac) == ("name", 2, first, whole)


def test_every_digest_fits_a_signed_bigint() -> None:
    """Half of them are negative."""
    rows = [digest_row(KnownPhrase("code", (f"mrn{n}",)), PlainMac()) for n in range(64)]
    numbers = [number for row in rows for number in row[2:]]
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert min(numbers) < 0 < max(numbers)


def test_the_same_words_of_another_class_are_another_whole() -> None:
    """A name can never be taken for a code."""
    rows = {digest_row(KnownPhrase(kind, ("a1b2c3",)), PlainMac())[3] for kind in ("name", "code", "email")}
    assert len(rows) == 3
