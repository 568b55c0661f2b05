"""The registrar's work on vendors."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import PersonId
from phiward.domain.text import Secret
from tests.adapters.postgres.organisation import DAY, Organisation, now

PLACE = {
    "vendor": "Vendor",
    "service": "inference",
    "feature": "chat",
    "endpoint": "https://API.vendor.example/v1/",
}
WHOLE: dict[str, Any] = {
    **PLACE,
    "self_hosted": False,
    "models": {"big": "big-3"},
    "api_key": Secret("vendor-secret"),
}


@pytest_asyncio.fixture
async def house(db: Any) -> Organisation:
    """An organisation of its own for each test."""
    return await Organisation.found(db)


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://api.vendor.example/v1"},
        {"endpoint": "https://user:secret@api.vendor.example/v1"},
        {"vendor": ""},
        {"service": "\x00"},
        {"feature": "f" * 101},
        {"models": {}},
        {"models": {"": "big-3"}},
        {"models": {"big": "big 3"}},
        {"api_key": Secret("")},
        {"api_key": Secret("line\nbreak")},
        {"api_key": Secret("schlüssel")},
    ],
)
async def test_a_destination_that_is_not_sound_is_refused(house: Organisation, wrong: dict[str, Any]) -> None:
    """Nothing is stored, nothing recorded, and the message repeats nothing."""
    before = await house.log()
    with pytest.raises(InvalidRequestError) as error:
        await house.vendors.add_destination(house.tenant, "cloud", **{**WHOLE, **wrong})
    assert "secret" not in str(error.value)
    assert await house.vendors.destinations(house.tenant) == ()
    assert await house.log() == before


async def test_a_name_is_used_once(house: Organisation) -> None:
    """Also after the destination was deactivated: the log speaks of it."""
    destination = await house.vendors.add_destination(house.tenant, "cloud", **WHOLE)
    for _ in range(2):
        with pytest.raises(InvalidRequestError):
            await house.vendors.add_destination(house.tenant, "cloud", **WHOLE)
        version = await house.vendor_version()
        if version == 2:
            await house.vendors.deactivate_destination(house.tenant, destination)


@pytest.mark.parametrize("span", [timedelta(0), -DAY])
async def test_an_end_that_does_not_follow_the_beginning_is_refused(house: Organisation, span: timedelta) -> None:
    """For agreements and for accepted risks; and a date without a zone as well."""
    destination, person, start = (
        await house.vendors.add_destination(house.tenant, "c", **WHOLE),
        await house.person(),
        now(),
    )
    for dates in ((start, start + span), (start.replace(tzinfo=None), start + DAY)):
        span_of = {"starts_at": dates[0], "ends_at": dates[1]}
        with pytest.raises(InvalidRequestError):
            await house.vendors.add_baa(house.tenant, **PLACE, **span_of)
        with pytest.raises(InvalidRequestError):
            await house.vendors.accept_risk(house.tenant, destination, person, "why", **span_of)


async def test_a_risk_is_accepted_by_an_active_person_for_an_active_destination_with_a_reason(
    house: Organisation, db: Any
) -> None:
    """Of this organisation."""
    other = await Organisation.found(db)
    destination = await house.vendors.add_destination(house.tenant, "cloud", **WHOLE)
    theirs = await other.vendors.add_destination(other.tenant, "cloud", **WHOLE)
    person, gone = await house.person(), await house.person()
    await house.registry.deactivate_person(house.tenant, gone)
    for where, who, why in [
        (uuid4(), person, "why"),
        (theirs, person, "why"),
        (destination, gone, "why"),
        (destination, await other.person(), "why"),
        (destination, PersonId(uuid4()), "why"),
        (destination, person, " "),
    ]:
        with pytest.raises(InvalidRequestError):
            await house.vendors.accept_risk(house.tenant, where, who, why, starts_at=now(), ends_at=now() + DAY)
    assert await house.vendors.acceptances(house.tenant) == ()


async def test_ending_what_is_not_in_force_is_refused(house: Organisation, db: Any) -> None:
    """Unknown, ended, or another organisation's; the version stays."""
    other = await Organisation.found(db)
    baa = await house.vendors.add_baa(house.tenant, **PLACE, starts_at=now() - DAY, ends_at=now() + DAY)
    past = await house.vendors.add_baa(house.tenant, **PLACE, starts_at=now() - 2 * DAY, ends_at=now() - DAY)
    destination = await house.vendors.add_destination(house.tenant, "cloud", **WHOLE)
    version = await house.vendor_version()
    for where, identity in ((other, baa), (house, past), (house, uuid4())):
        with pytest.raises(InvalidRequestError):
            await where.vendors.end_baa(where.tenant, identity)
    with pytest.raises(InvalidRequestError):
        await other.vendors.deactivate_destination(other.tenant, destination)
    with pytest.raises(InvalidRequestError):
        await house.vendors.revoke_acceptance(house.tenant, uuid4())
    with pytest.raises(InvalidRequestError):
        await house.vendors.destination_by_name(house.tenant, "nowhere")
    assert await house.vendor_version() == version


async def test_the_credential_is_stored_sealed_and_forgotten_on_deactivation(house: Organisation) -> None:
    """Never in clear, never in the log."""
    destination = await house.vendors.add_destination(house.tenant, "cloud", **WHOLE)
    stored = []
    for _ in range(2):
        async with house.registrar.as_tenant(house.tenant) as connection:
            cursor = await connection.execute("SELECT sealed_api_key FROM destination WHERE id = %s", [destination])
            stored.append(await cursor.fetchone())
        if len(stored) == 1:
            await house.vendors.deactivate_destination(house.tenant, destination)
    assert stored[0] is not None
    assert b"vendor-secret" not in bytes(stored[0][0])
    assert stored[1] == (None,)
    assert "vendor-secret" not in str(await house.log())
    assert "vendor-secret" not in repr(await house.vendors.destinations(house.tenant))


async def test_an_agreement_that_ended_stays_on_record_and_one_that_never_began_is_struck(
    house: Organisation,
) -> None:
    """The log of the past speaks of the first."""
    running = await house.vendors.add_baa(house.tenant, **PLACE, starts_at=now() - DAY, ends_at=now() + DAY)
    coming = await house.vendors.add_baa(house.tenant, **PLACE, starts_at=now() + DAY, ends_at=now() + 2 * DAY)
    await house.vendors.end_baa(house.tenant, running)
    await house.vendors.end_baa(house.tenant, coming)
    left = await house.vendors.agreements(house.tenant)
    assert [one.id for one in left] == [running]
    assert left[0].ends_at <= now()
    assert [entry["struck"] for entry in (await house.log())[-2:]] == [False, True]


async def test_the_endpoint_has_one_spelling_so_that_an_agreement_matches(house: Organisation) -> None:
    """With and without a trailing slash, whatever the case of the host."""
    await house.vendors.add_destination(house.tenant, "cloud", **WHOLE)
    other = {**PLACE, "endpoint": "https://api.vendor.example:443/v1"}
    await house.vendors.add_baa(house.tenant, **other, starts_at=now(), ends_at=now() + DAY)
    spellings = {one.destination.endpoint for one in await house.vendors.destinations(house.tenant)}
    spellings |= {one.endpoint for one in await house.vendors.agreements(house.tenant)}
    assert spellings == {"https://api.vendor.example/v1"}


async def test_every_change_is_on_record_and_raises_the_version(house: Organisation) -> None:
    """So that every gateway reads the book again."""
    person = await house.person()
    before, seen = len(await house.log()), [await house.vendor_version()]

    async def noted(work: Any) -> UUID:
        made: UUID = await work
        seen.append(await house.vendor_version())
        return made

    vendors, tenant, span = house.vendors, house.tenant, {"starts_at": now() - DAY, "ends_at": now() + DAY}
    destination = await noted(vendors.add_destination(tenant, "cloud", **WHOLE))
    baa = await noted(vendors.add_baa(tenant, **PLACE, **span))
    risk = await noted(vendors.accept_risk(tenant, destination, person, "pilot", **span))
    await noted(vendors.revoke_acceptance(tenant, risk))
    await noted(vendors.end_baa(tenant, baa))
    await noted(vendors.deactivate_destination(tenant, destination))

    assert seen == list(range(1, 8))
    entries = (await house.log())[before:]
    assert [entry["action"] for entry in entries] == [
        "destination.added",
        "baa.added",
        "risk.accepted",
        "risk.revoked",
        "baa.ended",
        "destination.deactivated",
    ]
    assert entries[0]["endpoint"] == "https://api.vendor.example/v1"
    assert (entries[2]["acceptance"], entries[2]["accepted_by"]) == (str(risk), str(person))
    assert entries[3]["ended"] == str(risk)


async def test_destinations_are_listed_without_their_credentials(house: Organisation) -> None:
    """Also inactive ones."""
    one = await house.vendors.add_destination(house.tenant, "one", **WHOLE)
    two = await house.vendors.add_destination(house.tenant, "two", **{**WHOLE, "api_key": None})
    await house.vendors.deactivate_destination(house.tenant, two)
    listed = await house.vendors.destinations(house.tenant)
    assert [(row.destination.id, row.active, row.has_api_key) for row in listed] == [
        (one, True, True),
        (two, False, False),
    ]
    assert all(row.destination.api_key is None for row in listed)
    assert await house.vendors.destination_by_name(house.tenant, " one ") == one
