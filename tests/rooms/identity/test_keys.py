"""Personal keys."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import InvalidRequestError, NotAuthenticatedError
from phiward.identity.keys import KEY_CHARACTERS, issue, key_digest, parse_bearer
from phiward.identity.opaque import checksum

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = issue(NOW, DAY, random=bytes).text.value


def checked(body: str) -> str:
    """A body that is not one, with the checksum that would belong to it."""
    return f"Bearer phw_{body}{checksum(f'phw_{body}')}"


BAD = [
    (None, "missing"),
    ("", "empty"),
    ("Bearer", "scheme only"),
    ("Bearer ", "no key"),
    (KEY, "no scheme"),
    (f"Basic {KEY}", "another scheme"),
    (f"Bearer:{KEY}", "a colon"),
    (f"Bearer\t{KEY}", "a tab"),
    (f" Bearer {KEY}", "leading space"),
    (f"Bearer {KEY} ", "trailing space"),
    (f"Bearer {KEY}\n", "a line break"),
    (f"Bearer {KEY}, Bearer {KEY}", "two keys"),
    (f"Bearer {KEY[:-1]}", "cut"),
    (f"Bearer {KEY}0", "one too long"),
    (f"Bearer {KEY}" + "0" * 100_000, "far too long"),
    (f"Bearer {KEY.replace('phw_', 'PHW_')}", "another prefix"),
    (f"Bearer {KEY[:-1]}{'0' if KEY[-1] != '0' else '1'}", "a wrong checksum"),
    ("Bearer phw_' OR '1'='1' --", "SQL"),
    (f"Bearer phw_{'A' * 20}'; DROP TABLE person; --" + "A" * 8, "SQL of the right length"),
    (f"Bearer phw_{'٣' * 49}", "digits of another script"),
    (f"Bearer phw_{'é' * 49}", "letters that are not ASCII"),
    ("Bearer phw_\x00" + "A" * 48, "a zero byte"),
    (checked("é" * 43), "letters that are not ASCII, with their checksum"),
    (checked("_" * 43), "underscores, with their checksum"),
    (checked("A" * 42), "a short body, with its checksum"),
    ("Bearer sk-1234567890", "another product's key"),
]


@pytest.mark.parametrize(("header", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_a_malformed_credential_is_refused_with_the_same_words(header: str | None, reason: str) -> None:
    """The words tell nothing about what was wrong, and repeat nothing."""
    with pytest.raises(NotAuthenticatedError) as missing:
        parse_bearer(None)
    with pytest.raises(NotAuthenticatedError) as refused:
        parse_bearer(header)
    assert str(refused.value) == str(missing.value)


@pytest.mark.parametrize(
    "lifetime", [timedelta(0), -DAY, timedelta(milliseconds=999), 366 * DAY + timedelta(seconds=1)]
)
def test_a_key_without_a_sensible_end_is_not_issued(lifetime: timedelta) -> None:
    """No key lives for ever."""
    with pytest.raises(InvalidRequestError):
        issue(NOW, lifetime)


@settings(max_examples=200)
@given(
    st.integers(0, KEY_CHARACTERS - 1),
    st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"),
)
def test_one_mistyped_character_is_noticed(place: int, character: str) -> None:
    """Before the database is asked."""
    typed = KEY[:place] + character + KEY[place + 1 :]
    if typed == KEY:
        return
    with pytest.raises(NotAuthenticatedError):
        parse_bearer(f"Bearer {typed}")


@settings(max_examples=100)
@given(st.binary(min_size=32, max_size=32))
def test_an_issued_key_is_read_back(random: bytes) -> None:
    """For any 256 bits, in a fixed width, with any case of the scheme."""
    key = issue(NOW, DAY, random=lambda _: random)
    assert len(key.text.value) == KEY_CHARACTERS == 53
    for scheme in ("Bearer ", "bearer ", "BEARER  "):
        assert parse_bearer(scheme + key.text.value) == key.text


def test_different_random_bits_give_different_keys() -> None:
    """The body carries all 256 bits: the first and the last of them count."""
    seeds = [bytes(32), bytes(31) + b"\x01", b"\x80" + bytes(31), b"\xff" * 32]
    assert len({issue(NOW, DAY, random=lambda _, seed=seed: seed).text.value for seed in seeds}) == 4  # type: ignore[misc]


def test_only_the_digest_of_the_whole_key_is_kept() -> None:
    """SHA-256 of the text, as the database computes it; the key expires when it should."""
    key = issue(NOW, DAY)
    assert key.digest == key_digest(key.text) == sha256(key.text.value.encode("utf-8")).digest()
    assert key.expires_at == NOW + DAY
    assert key.id != issue(NOW, DAY).id


def test_a_key_does_not_print() -> None:
    """Neither the text nor the digest."""
    key = issue(NOW, DAY)
    assert key.text.value not in repr(key)
    assert repr(key.digest) not in repr(key)
