"""Tokens that mean nothing by themselves."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.identity import keys
from phiward.identity.opaque import checksum, digest, make, well_formed

TOKEN = make("phs_", bytes).value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("phs_", "a prefix only"),
        (TOKEN[4:], "no prefix"),
        ("phw_" + TOKEN[4:], "another prefix, so another checksum"),
        (TOKEN[:-1], "a character short"),
        (TOKEN + "0", "a character long"),
        (TOKEN + "\n", "a line break at the end"),
        (TOKEN[:-1] + "_", "a character that is none of ours"),
        ("phs_" + "é" * 43 + checksum("phs_" + "é" * 43), "letters that are not ASCII, with their checksum"),
        ("phs_" + "٣" * 43 + checksum("phs_" + "٣" * 43), "digits of another script, with their checksum"),
        ("phs_' OR '1'='1' --" + "A" * 34, "SQL of the right length"),
    ],
)
def test_what_is_no_token_is_told(text: str, reason: str) -> None:
    """Before the database is asked."""
    assert not well_formed("phs_", text), reason


@settings(max_examples=200)
@given(st.integers(4, len(TOKEN) - 1), st.sampled_from("09AZaz_"))
def test_one_mistyped_character_is_noticed(place: int, character: str) -> None:
    """By the checksum, unless it is the character that stood there."""
    typed = TOKEN[:place] + character + TOKEN[place + 1 :]
    assert well_formed("phs_", typed) == (typed == TOKEN)


@given(st.binary(min_size=32, max_size=32))
def test_a_made_token_is_well_formed_for_its_prefix_alone(random: bytes) -> None:
    """For any 256 bits, in a fixed width."""
    made = make("phs_", lambda _: random).value
    assert len(made) == 53
    assert well_formed("phs_", made)
    assert not well_formed("phw_", made)


def test_every_random_bit_counts() -> None:
    """The first and the last of the 256."""
    seeds = [bytes(32), bytes(31) + b"\x01", b"\x80" + bytes(31), b"\xff" * 32]
    assert len({make("phs_", lambda _, seed=seed: seed).value for seed in seeds}) == 4  # type: ignore[misc]


def test_the_digest_is_that_of_the_whole_token() -> None:
    """As the database computes it."""
    assert digest(make("phs_", bytes)) == sha256(TOKEN.encode()).digest()


def test_personal_keys_have_the_same_form() -> None:
    """One form for both, so one check serves both."""
    key = keys.issue(datetime(2026, 11, 24, tzinfo=UTC), timedelta(days=1))
    assert well_formed(keys.PREFIX, key.text.value)
    assert digest(key.text) == key.digest
