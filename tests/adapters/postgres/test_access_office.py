"""What all administration of access shares."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from phiward.adapters.postgres.access_office import MOST_ROWS, Office, frozen, plain, spanned
from phiward.adapters.postgres.administration import Administration
from phiward.domain.administration import Span, UnitEntry
from phiward.domain.errors import StorageError
from phiward.domain.people import Role
from tests.adapters.postgres.organisation import Organisation, encode, now

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param(UUID(int=1), "00000000-0000-0000-0000-000000000001", id="an id"),
        pytest.param({"roles": frozenset({Role.NURSE, Role.BILLING})}, {"roles": ["billing", "nurse"]}, id="a set"),
        pytest.param({"at": AT}, {"at": "2026-11-24T12:00:00+00:00"}, id="a time"),
        pytest.param([True, 2, "x"], [True, 2, "x"], id="plain values"),
    ],
)
def test_what_goes_into_the_log_is_plain(value: Any, told: Any) -> None:
    """As JSON can hold it, in one order."""
    assert plain(value) == told


def test_rows_are_frozen_and_spans_are_told() -> None:
    """Arrays of the database are lists."""
    assert frozen({"roles": ["nurse"], "id": 1}) == {"roles": ("nurse",), "id": 1}
    assert spanned(Span(AT, None)) == {"starts_at": AT, "ends_at": None}


async def test_an_act_that_fails_leaves_neither_change_nor_entry(db: Any) -> None:
    """One transaction."""
    home = await Organisation.found(db)
    office = Office(Administration(db.registrar, encode, now, "test"), home.vault)
    before = await home.log()
    with pytest.raises(StorageError):
        async with office.act(home.tenant, "unit.added") as act:
            await act.one(
                "INSERT INTO unit (id, tenant, name, kind) VALUES (%s, %s, 'x', 'panel') RETURNING id",
                office.new_id(),
                home.tenant,
            )
            await act.one("SELECT 1 / 0")
    query = "SELECT id, name, kind FROM unit"
    assert await office.page(home.tenant, UnitEntry, query, UUID(int=0), 9) == ()
    assert await home.log() == before


async def test_a_page_is_never_longer_than_the_most(db: Any) -> None:
    """Whatever is asked."""
    home = await Organisation.found(db)
    office = Office(Administration(db.registrar, encode, now, "test"), home.vault)
    await home.execute(
        "INSERT INTO unit SELECT gen_random_uuid(), %s, 'unit ' || n, 'panel' FROM generate_series(1, %s) n",
        home.tenant, MOST_ROWS + 5,
    )  # fmt: skip
    found = await office.page(home.tenant, UnitEntry, "SELECT id, name, kind FROM unit", UUID(int=0), 10_000)
    assert len(found) == MOST_ROWS
