"""The offline factor: the form of its codes, and how guessing ends."""

import re
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from hashlib import scrypt
from os import urandom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.text import Secret
from phiward.identity.offline import (
    CODE_BYTES,
    CODES,
    LOCKED,
    MOST_WRONG,
    WINDOW,
    Tries,
    matching,
    new_codes,
    read,
    show,
    verifier_of,
)

START = datetime(2026, 11, 26, tzinfo=UTC)
SECRETS = st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES)
CODE = "ABCD-EFGH-IJKL-MN27"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        (CODE[:-1], "a character short"),
        (CODE + "A", "a character long"),
        (CODE.replace("A", "0"), "a digit that base32 has not"),
        (CODE.replace("A", "1"), "another"),
        (CODE.replace("-", "_"), "another separator"),
        (CODE.replace("I", "\u0131"), "a letter that upper case turns into I"),
        (CODE.replace("2", "\u0662"), "a digit of another script"),
        (CODE + "=" * 8, "padding"),
        (CODE + " " * 64, "too long to be looked at"),
        ("' OR '1'='1' --", "SQL"),
    ],
)
def test_what_is_no_code_is_told_before_it_costs_anything(typed: str, reason: str) -> None:
    """By its form."""
    assert read(Secret(typed)) is None, reason


@pytest.mark.parametrize(
    "typed", [CODE, CODE.lower(), CODE.replace("-", ""), CODE.replace("-", " "), f"  {CODE}\n", "-".join(CODE)]
)
def test_a_code_is_read_however_a_hurried_person_types_it(typed: str) -> None:
    """Case, spaces and hyphens do not matter."""
    assert read(Secret(typed)) == read(Secret(CODE)) is not None


@given(SECRETS)
def test_a_shown_code_is_read_back(secret: bytes) -> None:
    """Any 80 bits, as four groups of four."""
    shown = show(secret).value
    assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", shown)
    assert read(Secret(shown)) == secret


@given(SECRETS, SECRETS)
def test_two_codes_are_never_read_alike(one: bytes, other: bytes) -> None:
    """Each of the 80 bits counts."""
    assert (show(one) == show(other)) == (one == other)


@given(st.text())
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    """It never raises; and what is read has one spelling."""
    secret = read(Secret(typed))
    if secret is not None:
        assert b32encode(secret).decode() == re.sub(r"[\s-]", "", typed).upper()


def test_new_codes_are_eight_with_salts_of_their_own() -> None:
    """The verifier is scrypt of the code under its salt, with the parameters that are documented."""
    codes = new_codes(urandom)
    assert len({code.text.value for code in codes}) == len({code.salt for code in codes}) == CODES == 8
    secret = read(codes[3].text)
    assert secret is not None
    assert codes[3].verifier == scrypt(secret, salt=codes[3].salt, n=2**14, r=8, p=1, dklen=32)
    assert codes[3].text.value not in repr(codes)
    assert codes[3].verifier.hex() not in repr(codes)


def test_a_code_is_found_among_those_that_are_kept() -> None:
    """Under its own salt only; a malformed one is nobody's, though a verifier of nothing be kept."""
    codes = new_codes(urandom)
    kept = tuple((code.salt, code.verifier) for code in codes)
    assert [matching(code.text, kept) for code in codes[:3]] == [0, 1, 2]
    assert matching(Secret(CODE), kept) is None
    assert matching(codes[0].text, ()) is None
    assert matching(codes[0].text, ((codes[1].salt, codes[0].verifier),)) is None
    assert matching(Secret("nonsense"), ((bytes(16), verifier_of(b"", bytes(16))),)) is None


@pytest.mark.parametrize(
    ("minutes", "reason", "locked"),
    [
        ((0, 1, 2, 3), "four", False),
        ((0, 1, 2, 3, 4), "five", True),
        ((0, 0, 0, 0, 0), "five at once", True),
        ((0, 1, 2, 3, 14.99), "the fifth just inside a quarter of an hour", True),
        ((0, 1, 2, 3, 15), "the first is a quarter of an hour ago", False),
        ((0, 14, 14, 14, 15, 15), "five across a boundary: the window slides", True),
    ],
)
def test_five_wrong_codes_in_a_quarter_of_an_hour_lock(minutes: tuple[float, ...], reason: str, locked: bool) -> None:
    """The last of them locks."""
    tries = Tries()
    for minute in minutes:
        assert tries.locked_until is None
        tries = tries.one_more(START + timedelta(minutes=minute))
    assert (tries.locked_until is not None) == locked, reason


def test_a_lock_ends_after_a_quarter_of_an_hour() -> None:
    """The end is exclusive; then counting begins anew."""
    tries = Tries()
    for _ in range(MOST_WRONG):
        tries = tries.one_more(START)
    assert [tries.locked(START + passed) for passed in (LOCKED - timedelta(microseconds=1), LOCKED)] == [True, False]
    again = tries.one_more(START + LOCKED)
    assert (len(again.at), again.locked_until) == (1, None)


@given(st.lists(st.integers(0, 7200), min_size=1, max_size=60))
def test_no_order_of_tries_gets_more_than_five_looked_at_in_a_window(seconds: list[int]) -> None:
    """Whatever a guesser does: locked tries are not looked at, and no window holds a sixth."""
    tries, looked_at = Tries(), []
    for second in sorted(seconds):
        now = START + timedelta(seconds=second)
        if not tries.locked(now):
            looked_at.append(now)
            tries = tries.one_more(now)
    for first in looked_at:
        assert sum(first <= one < first + WINDOW for one in looked_at) <= MOST_WRONG
