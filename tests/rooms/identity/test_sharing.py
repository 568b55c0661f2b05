"""When two people seem to use one credential."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.identity.sharing import SharingRule, Sighting, agent_family, judge, place_of

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CREDENTIAL = UUID(int=5)
BACK, THREE = SharingRule.BACK_AND_FORTH, SharingRule.THREE_PLACES


def seen(text: str) -> list[Sighting]:
    """`A0 B120` is: at A at the start, at B 120 seconds later."""
    return [Sighting(one[0].encode(), START + timedelta(seconds=float(one[1:]))) for one in text.split()]


@pytest.mark.parametrize(
    ("text", "rule", "reason"),
    [
        ("", None, "nothing"),
        ("A0", None, "one use"),
        ("A0 A60 A590 A6000", None, "one place all day"),
        ("A0 B60", None, "she changed networks"),
        ("A0 B60 B120 B500", None, "and stayed there"),
        ("A0 A300 B301 B302", None, "after a while at the first"),
        ("A0 B300 A601", None, "back after more than ten minutes"),
        ("A0 B300 A600", BACK, "back after ten minutes, exactly"),
        ("A0 B60 A120", BACK, "back at once"),
        ("A0 B60 B120 B300 A400", BACK, "with several uses between"),
        ("A0 A500 B550 A900", BACK, "counted from the last use before the change"),
        ("A0 B1 A2 B3", BACK, "to and fro"),
        ("A0 B300 C601", None, "three places in more than ten minutes"),
        ("A0 B300 C600", THREE, "three places in ten minutes, exactly"),
        ("A0 B1 C2", THREE, "three places at once"),
        ("A0 B1000 C2000 D3000 E4000", None, "a day on the road"),
        ("A0 B1 A3000 B4000", None, "once changed, and once again much later"),
    ],
)
def test_two_people_are_told_from_one_who_moves(text: str, rule: SharingRule | None, reason: str) -> None:
    """Within ten minutes: to and back, or three places."""
    found = judge(CREDENTIAL, seen(text))
    assert (found.rule if found else None) == rule, reason


def test_the_report_names_the_credential_and_the_time() -> None:
    """And no place."""
    found = judge(CREDENTIAL, seen("A0 A1000 B1100 A1200 C1300"))
    assert found is not None
    assert (found.credential, found.rule) == (CREDENTIAL, BACK)
    assert (found.first_at, found.last_at) == (START + timedelta(seconds=1000), START + timedelta(seconds=1200))


@given(st.permutations(seen("A0 B60 B120 A400 A500 C900")))
def test_the_order_in_which_sightings_are_stored_does_not_matter(some: list[Sighting]) -> None:
    """They are put in order of time."""
    assert judge(CREDENTIAL, some) == judge(CREDENTIAL, seen("A0 B60 B120 A400 A500 C900"))


@given(st.lists(st.integers(0, 86_400)))
def test_one_place_is_never_reported(seconds: list[int]) -> None:
    """However often it is used."""
    assert judge(CREDENTIAL, [Sighting(b"A", START + timedelta(seconds=one)) for one in seconds]) is None


def digest(text: bytes) -> bytes:
    """Stands for the keyed one."""
    return sha256(b"invented key" + text).digest()


@pytest.mark.parametrize(
    ("one", "two", "same", "reason"),
    [
        ("192.0.2.1", "192.0.2.254", True, "one /24"),
        ("192.0.2.1", "192.0.3.1", False, "two /24"),
        ("::ffff:192.0.2.1", "192.0.2.77", True, "IPv4 mapped into IPv6"),
        ("2001:db8::1", "2001:db8::ffff:1", True, "one /64"),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False, "two /64"),
        ("2001:db8::1", "2001:DB8:0:0::9", True, "another spelling"),
        ("::1", "0.0.0.1", False, "a small number is no IPv4 address"),
        ("fe80::1%eth0", "fe80::2%eth1", True, "a zone is not the network"),
        (None, "not an address", True, "no address is one place"),
        (None, "192.0.2.1", False, "but not that of an address"),
    ],
)
def test_a_place_is_a_network(one: str | None, two: str | None, same: bool, reason: str) -> None:
    """An address that changes within it is no other place."""
    assert (place_of(one, "curl/8", digest) == place_of(two, "curl/8", digest)) == same, reason


def test_a_place_is_what_the_keyed_digest_returns() -> None:
    """No address is in it, and without the key none can be tried."""
    asked: list[bytes] = []
    assert place_of("192.0.2.1", "curl/8.1", lambda text: asked.append(text) or b"d" * 32) == b"d" * 32  # type: ignore[func-returns-value]
    assert asked == [b"192.0.2.0/24 curl"]


CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (CHROME, "chrome"),
        (CHROME.replace("142", "143"), "chrome"),
        (f"{CHROME} Edg/142.0", "edge"),
        (f"{CHROME} OPR/120.0", "opera"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", "safari"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "firefox"),
        ("OpenAI/Python 3.50.0", "openai"),
        ("curl/8.5.0", "curl"),
        ("Zora's own \x00", "zora"),
        ("", "unknown"),
        (None, "unknown"),
        ("/" * 100_000, "unknown"),
        ("x" * 100_000, "x" * 40),
    ],
)
def test_a_program_is_known_by_its_family(agent: str | None, family: str) -> None:
    """An update is no other person."""
    assert agent_family(agent) == family
