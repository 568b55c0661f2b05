"""Every destination as the gate decides on it: now, and at the instant at which what permits it ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.operations import Fate, Standing
from phiward.domain.vendors import Baa, Destination, DestinationClass, RiskAcceptance, VendorBook
from phiward.domain.verdict import Permit
from phiward.vendors.gate import admit, choose
from phiward.vendors.register import covered_until, standings
from tests.rooms.vendors.test_gate import ACCEPTANCE, AGREEMENT, CLOUD, DAY, HERE, NOW

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BOTH = replace(HERE, models=(*HERE.models, ("big", "big-local")))


def standing(
    *agreements: Baa, risks: tuple[RiskAcceptance, ...] = (), beside: Destination = HERE, now: datetime = NOW
) -> Standing:
    """Of the cloud."""
    book = VendorBook(1, (CLOUD, beside), agreements, risks)
    return next(one for one in standings(book, now) if one.id == CLOUD.id)


@pytest.mark.parametrize(
    ("made", "kind", "free_text", "reason"),
    [
        (standing(), DestinationClass.NO_BAA, False, "nothing permits it"),
        (standing(AGREEMENT), DestinationClass.BAA, True, "an agreement in force"),
        (standing(AGREEMENT, now=AGREEMENT.ends_at), DestinationClass.NO_BAA, False, "at the very end it is over"),
        (standing(replace(AGREEMENT, starts_at=NOW + DAY / 2)), DestinationClass.NO_BAA, False, "not begun"),
        (standing(replace(AGREEMENT, feature="embeddings")), DestinationClass.NO_BAA, False, "of something else"),
        (standing(risks=(ACCEPTANCE,)), DestinationClass.NO_BAA, True, "a person accepts the risk"),
        (standing(risks=(ACCEPTANCE,), now=ACCEPTANCE.ends_at), DestinationClass.NO_BAA, False, "and does no more"),
    ],
)
def test_what_a_page_tells_is_what_a_request_meets(
    made: Standing, kind: DestinationClass, free_text: bool, reason: str
) -> None:
    """One rule."""
    assert (made.kind, made.free_text) == (kind, free_text), reason


@pytest.mark.parametrize(
    ("made", "fates", "reason"),
    [
        (standing(AGREEMENT), (Fate("big", None),), "nobody else serves it"),
        (standing(AGREEMENT, beside=BOTH), (Fate("big", "here"),), "the house does"),
        (
            standing(AGREEMENT, risks=(replace(ACCEPTANCE, ends_at=NOW + 9 * DAY),)),
            (Fate("big", "cloud"),),
            "there as before, by an accepted risk",
        ),
        (standing(risks=(ACCEPTANCE,)), (Fate("big", None),), "the risk was all that permitted it"),
        (standing(), (), "nothing ends where nothing is open"),
    ],
)
def test_what_stops_when_it_ends_is_told_before(made: Standing, fates: tuple[Fate, ...], reason: str) -> None:
    """By asking the gate about that instant."""
    assert made.at_the_end == fates, reason


def test_what_stays_in_the_house_never_ends() -> None:
    """It needs no agreement."""
    (here,) = standings(VendorBook(1, (HERE,), (AGREEMENT,), ()), NOW)
    assert (here.kind, here.free_text, here.ends_at) == (DestinationClass.SELF_HOSTED, True, None)


def test_what_ends_first_stands_first_and_what_is_closed_before_what_is_open() -> None:
    """The order in which they need somebody."""
    names = [("z-ends", True), ("a-closed", False), ("b-house", None)]
    made = [
        replace(CLOUD, id=replace(CLOUD).id.__class__(int=50 + n), name=name, feature=name, self_hosted=covered is None)
        for n, (name, covered) in enumerate(names)
    ]
    book = VendorBook(1, tuple(reversed(made)), (replace(AGREEMENT, feature="z-ends"),), ())
    assert [one.name for one in standings(book, NOW)] == ["z-ends", "a-closed", "b-house"]


@given(st.integers(0, 5), st.integers(1, 9), st.booleans(), st.integers(0, 10))
def test_page_and_request_agree_at_every_instant(start: int, length: int, accepted: bool, at: int) -> None:
    """Whatever stands in the book."""
    agreement = replace(AGREEMENT, starts_at=NOW + start * DAY, ends_at=NOW + (start + length) * DAY)
    risks = (replace(ACCEPTANCE, starts_at=NOW + 2 * DAY, ends_at=NOW + 7 * DAY),) if accepted else ()
    book, now = VendorBook(1, (CLOUD,), (agreement,), risks), NOW + at * DAY
    (made,) = standings(book, now)
    assert made.free_text == isinstance(admit(choose(book, "big", now), free_text=True), Permit)
    if made.ends_at is not None:
        before = made.ends_at - timedelta(microseconds=1)
        assert isinstance(admit(choose(book, "big", before), free_text=True), Permit)
        then = isinstance(admit(choose(book, "big", made.ends_at), free_text=True), Permit)
        assert [one.goes_to is not None for one in made.at_the_end] == [then]


@pytest.mark.parametrize(
    ("spans", "until", "reason"),
    [
        ([], None, "none was ever"),
        ([(1, 2)], None, "it has not begun"),
        ([(-9, -1)], -1, "it is over"),
        ([(-9, 3)], 3, "it is in force"),
        ([(-9, 3), (3, 8)], 8, "one follows the other"),
        ([(-9, 3), (4, 8)], 3, "a day lies between them"),
        ([(-9, 9), (-3, 4)], 9, "the shorter one changes nothing"),
    ],
)
def test_agreements_that_follow_each_other_are_one_cover(
    spans: list[tuple[int, int]], until: int | None, reason: str
) -> None:
    """In days from now."""
    made = covered_until([(NOON + a * DAY, NOON + b * DAY) for a, b in spans], NOON)
    assert made == (None if until is None else NOON + until * DAY), reason


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 50))), st.tuples(st.integers(-50, 50), st.integers(1, 50))
)
def test_one_agreement_more_never_ends_the_cover_earlier(spans: list[tuple[int, int]], more: tuple[int, int]) -> None:
    """Monotone."""
    days = [(NOON + a * DAY, NOON + (a + n) * DAY) for a, n in [*spans, more]]
    before, after = covered_until(days[:-1], NOON), covered_until(days, NOON)
    assert before is None or (after is not None and after >= before)
