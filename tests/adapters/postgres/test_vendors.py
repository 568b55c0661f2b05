"""The vendor book as the gateway reads it."""

from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from phiward.domain.errors import NotAuthenticatedError, VaultError
from phiward.domain.ports import Vendors
from phiward.domain.text import Secret
from phiward.domain.vendors import DestinationClass
from phiward.vendors.gate import choose
from tests.adapters.postgres.organisation import DAY, Organisation, now

PLACE = {
    "vendor": "Vendor",
    "service": "inference",
    "feature": "chat",
    "endpoint": "https://api.vendor.example/v1",
}


@pytest_asyncio.fixture
async def house(db: Any) -> Organisation:
    """An organisation of its own for each test."""
    return await Organisation.found(db)


async def _destination(house: Organisation, name: str = "cloud", key: str | None = "vendor-secret") -> Any:
    return await house.vendors.add_destination(
        house.tenant,
        name,
        **PLACE,
        self_hosted=False,
        models={"big": "big-3", "small": "small-1"},
        api_key=None if key is None else Secret(key),
    )


async def test_the_book_of_a_key_that_ended_is_not_read(house: Organisation) -> None:
    """Revoked between two looks at the database."""
    session = await house.session(await house.person())
    caller = await house.caller(session)
    await house.registry.revoke_key(house.tenant, caller.credential_id)
    with pytest.raises(NotAuthenticatedError):
        await house.book.book(caller, 1)


async def test_another_organisations_destinations_are_not_in_the_book(house: Organisation, db: Any) -> None:
    """Nor their agreements."""
    other = await Organisation.found(db)
    await _destination(other)
    await other.vendors.add_baa(other.tenant, **PLACE, starts_at=now() - DAY, ends_at=now() + DAY)
    book = await house.book.book(await house.caller(await house.session(await house.person())), 1)
    assert (book.destinations, book.agreements, book.acceptances) == ((), (), ())


async def test_a_credential_moved_to_another_destination_does_not_open(house: Organisation) -> None:
    """Somebody who can write the database points a vendor's key at a server of their own."""
    one, two = await _destination(house, "one"), await _destination(house, "two", "another-secret")
    await house.execute(
        "UPDATE destination SET sealed_api_key = (SELECT sealed_api_key FROM destination WHERE id = %s)"
        " WHERE id = %s", one, two,
    )  # fmt: skip
    with pytest.raises(VaultError):
        await house.book.book(await house.caller(await house.session(await house.person())), 1)


async def test_the_book_is_kept_until_its_version_changes(house: Organisation) -> None:
    """One read for each change, by whichever process it was made."""
    caller = await house.caller(await house.session(await house.person()))
    vendors: Vendors = house.book
    empty = await vendors.book(caller, await house.vendor_version())
    destination = await _destination(house)
    assert await vendors.book(caller, 1) is empty

    filled = await vendors.book(caller, await house.vendor_version())

    assert [one.id for one in filled.destinations] == [destination]
    assert filled.version == await house.vendor_version() > empty.version
    assert await vendors.book(caller, filled.version) is filled


async def test_the_book_holds_all_that_the_vendors_room_decides_from(house: Organisation) -> None:
    """Destination with its credential, agreements, accepted risks."""
    person = await house.person()
    destination = await _destination(house)
    bare = await _destination(house, "bare", None)
    start, end = now() - DAY, now() + DAY
    baa = await house.vendors.add_baa(house.tenant, **PLACE, starts_at=start, ends_at=end)
    risk = await house.vendors.accept_risk(
        house.tenant, destination, person, "Invented pilot", starts_at=start, ends_at=end
    )

    book = await house.book.book(await house.caller(await house.session(person)), 1)

    assert [one.id for one in book.destinations] == [bare, destination]
    assert [one.api_key for one in book.destinations] == [None, Secret("vendor-secret")]
    assert book.destinations[1].models == (("big", "big-3"), ("small", "small-1"))
    assert [(one.id, one.starts_at, one.ends_at) for one in book.agreements] == [(baa, start, end)]
    assert [(one.id, one.destination, one.accepted_by) for one in book.acceptances] == [(risk, destination, person)]
    route = choose(replace(book, destinations=book.destinations[1:]), "big", now())
    assert (route.destination_class, route.upstream_model) == (DestinationClass.BAA, "big-3")
    assert "vendor-secret" not in repr(book)
