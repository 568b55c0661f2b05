"""Choosing the destination, and whether text may go there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import ModelNotFoundError
from phiward.domain.people import PersonId
from phiward.domain.vendors import Baa, Destination, DestinationClass, RiskAcceptance, VendorBook
from phiward.domain.verdict import Deny, Permit
from phiward.vendors.gate import admit, choose, client_kind, models_for

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)

CLOUD = Destination(
    UUID(int=1),
    "cloud",
    "Vendor",
    "inference",
    "https://api.vendor.example/v1",
    "chat",
    False,
    (("big", "big-3"),),
)
HERE = Destination(UUID(int=2), "here", "us", "models", "http://127.0.0.1:1/v1", "chat", True, (("small", "small-q4"),))
AGREEMENT = Baa(UUID(int=11), "Vendor", "inference", "https://api.vendor.example/v1", "chat", NOW - DAY, NOW + DAY)
ACCEPTANCE = RiskAcceptance(UUID(int=21), CLOUD.id, PersonId(UUID(int=5)), "pilot", NOW - DAY, NOW + DAY)


def book(*agreements: Baa, acceptances: tuple[RiskAcceptance, ...] = ()) -> VendorBook:
    """Both destinations with these agreements and acceptances."""
    return VendorBook(1, (CLOUD, HERE), agreements, acceptances)


@pytest.mark.parametrize("model", ["", "BIG", "big-3", "unknown"])
def test_a_model_that_nobody_serves_is_not_found(model: str) -> None:
    """The server's own name of a model is no name for callers."""
    with pytest.raises(ModelNotFoundError):
        choose(book(AGREEMENT), model, NOW)


@pytest.mark.parametrize(
    "difference",
    [
        {"vendor": "Vendor Two"},
        {"vendor": "vendor"},
        {"service": "storage"},
        {"endpoint": "https://api.vendor.example/v2"},
        {"endpoint": "https://eu.api.vendor.example/v1"},
        {"endpoint": "https://api.vendor.example"},
        {"feature": "embeddings"},
        {"feature": ""},
        {"starts_at": NOW + SECOND},
        {"ends_at": NOW},
    ],
    ids=lambda difference: " ".join(map(str, *difference.items())),
)
def test_an_agreement_about_anything_else_does_not_count(difference: dict[str, Any]) -> None:
    """Vendor, service, endpoint, feature and date must all be those of the destination."""
    other = book(replace(AGREEMENT, **difference))
    route = choose(other, "big", NOW)
    assert (route.destination_class, route.baa) == (DestinationClass.NO_BAA, None)
    verdict = admit(route, free_text=True)
    assert isinstance(verdict, Deny)
    assert verdict.rule == "no_baa"


@pytest.mark.parametrize(
    ("offset", "covered"),
    [
        pytest.param(-DAY - timedelta(microseconds=1), False, id="an instant before it begins"),
        pytest.param(-DAY, True, id="the very instant it begins"),
        pytest.param(DAY - timedelta(microseconds=1), True, id="the last instant"),
        pytest.param(DAY, False, id="the very instant it ends"),
    ],
)
def test_an_agreement_and_an_acceptance_hold_from_their_first_instant_until_before_their_last(
    offset: timedelta, covered: bool
) -> None:
    """From inclusive, until exclusive."""
    by_agreement = choose(book(AGREEMENT), "big", NOW + offset)
    by_acceptance = choose(book(acceptances=(ACCEPTANCE,)), "big", NOW + offset)
    assert (by_agreement.baa == AGREEMENT) == covered
    assert (by_acceptance.acceptance == ACCEPTANCE) == covered
    assert isinstance(admit(by_agreement, free_text=True), Permit) == covered
    assert isinstance(admit(by_acceptance, free_text=True), Permit) == covered


def test_the_acceptance_of_another_destination_does_not_count() -> None:
    """A risk is accepted for one place."""
    route = choose(book(acceptances=(replace(ACCEPTANCE, destination=HERE.id),)), "big", NOW)
    assert isinstance(admit(route, free_text=True), Deny)


def test_a_refusal_says_what_is_missing_and_names_nobody() -> None:
    """The reason goes to the caller."""
    verdict = admit(choose(book(), "big", NOW), free_text=True)
    assert isinstance(verdict, Deny)
    assert "business associate agreement" in verdict.reason
    assert CLOUD.vendor not in verdict.reason


@pytest.mark.parametrize(
    ("held", "model", "free_text", "rule"),
    [
        (book(), "small", True, "self_hosted"),
        (book(AGREEMENT), "big", True, "baa_in_force"),
        (book(acceptances=(ACCEPTANCE,)), "big", True, "risk_accepted"),
        (book(), "big", False, "no_free_text"),
        (book(), "big", True, "no_baa"),
        (book(AGREEMENT, acceptances=(ACCEPTANCE,)), "big", True, "baa_in_force"),
    ],
)
def test_the_rule_that_admits_is_named(held: VendorBook, model: str, free_text: bool, rule: str) -> None:
    """What the log will say."""
    assert admit(choose(held, model, NOW), free_text=free_text).rule == rule


def test_only_a_destination_without_agreement_gets_the_client_that_cannot_send_identified_text() -> None:
    """An accepted risk does not change that."""
    assert client_kind(choose(book(), "small", NOW)) == "covered"
    assert client_kind(choose(book(AGREEMENT), "big", NOW)) == "covered"
    assert client_kind(choose(book(acceptances=(ACCEPTANCE,)), "big", NOW)) == "uncovered"


def test_of_overlapping_agreements_the_one_that_ends_last_is_on_record() -> None:
    """Whatever the order in the book."""
    longer = replace(AGREEMENT, id=UUID(int=12), ends_at=NOW + 9 * DAY)
    for agreements in ((AGREEMENT, longer), (longer, AGREEMENT)):
        assert choose(book(*agreements), "big", NOW).baa == longer


def test_an_agreement_that_follows_another_without_a_gap_covers_every_instant() -> None:
    """The end of the first is the beginning of the second."""
    next_one = replace(AGREEMENT, id=UUID(int=12), starts_at=AGREEMENT.ends_at, ends_at=AGREEMENT.ends_at + DAY)
    for offset in (-SECOND, timedelta(0), SECOND):
        route = choose(book(AGREEMENT, next_one), "big", AGREEMENT.ends_at + offset)
        assert route.destination_class is DestinationClass.BAA


def test_the_safest_destination_that_serves_a_model_is_chosen() -> None:
    """Self-hosted, then under agreement, then with an accepted risk, then the rest; ties by name."""
    model = (("m", "upstream"),)
    own = replace(HERE, name="z-own", models=model)
    covered = replace(CLOUD, name="y-covered", models=model)
    accepted = replace(CLOUD, id=UUID(int=31), name="x-accepted", vendor="X", models=model)
    bare = [replace(CLOUD, id=UUID(int=40 + n), name=name, vendor="W", models=model) for n, name in enumerate("ba")]
    risk = replace(ACCEPTANCE, destination=accepted.id)
    left = [*bare, accepted, covered, own]
    chosen = []
    while left:
        route = choose(VendorBook(1, tuple(left), (AGREEMENT,), (risk,)), "m", NOW)
        chosen.append(route.destination.name)
        left.remove(route.destination)
    assert chosen == ["z-own", "y-covered", "x-accepted", "a", "b"]


def test_the_models_are_listed_once_and_sorted() -> None:
    """For `GET /v1/models`."""
    twice = replace(HERE, id=uuid4(), models=(("small", "a"), ("another", "b")))
    assert models_for(VendorBook(1, (CLOUD, HERE, twice))) == ("another", "big", "small")
    assert models_for(VendorBook(1)) == ()


times = st.sampled_from([NOW - DAY, NOW - SECOND, NOW, NOW + SECOND, NOW + DAY])
spans = st.tuples(times, times).filter(lambda span: span[0] < span[1])


@settings(max_examples=150)
@given(st.lists(spans, max_size=4), st.lists(spans, max_size=4), st.data())
def test_removing_an_agreement_or_an_acceptance_never_admits_more(
    agreed: list[tuple[datetime, datetime]], accepted: list[tuple[datetime, datetime]], data: st.DataObject
) -> None:
    """For any book with several destinations of one model, and any entry taken out of it."""
    places = [replace(CLOUD, id=UUID(int=50 + n), name=str(n), service=f"s{n}") for n in range(2)]
    agreements = tuple(
        replace(AGREEMENT, id=uuid4(), service=f"s{data.draw(st.integers(0, 1))}", starts_at=start, ends_at=end)
        for start, end in agreed
    )
    acceptances = tuple(
        replace(
            ACCEPTANCE,
            id=uuid4(),
            destination=places[data.draw(st.integers(0, 1))].id,
            starts_at=start,
            ends_at=end,
        )
        for start, end in accepted
    )
    full = VendorBook(1, tuple(places), agreements, acceptances)
    fewer = [replace(full, agreements=agreements[:n] + agreements[n + 1 :]) for n in range(len(agreements))]
    fewer += [replace(full, acceptances=acceptances[:n] + acceptances[n + 1 :]) for n in range(len(acceptances))]
    for free_text, less in product((True, False), fewer):
        with_it = admit(choose(full, "big", NOW), free_text=free_text)
        without = admit(choose(less, "big", NOW), free_text=free_text)
        assert isinstance(with_it, Permit) or isinstance(without, Deny)
