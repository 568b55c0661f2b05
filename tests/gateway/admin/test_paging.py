"""Cursors and limits."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from phiward.domain.administration import UnitEntry
from phiward.domain.errors import InvalidRequestError
from phiward.gateway.admin.models import Unit
from phiward.gateway.admin.paging import DEFAULT_LIMIT, FIRST, cursor_of, page_of, read_paging


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("limit=0", id="no row"),
        pytest.param("limit=201", id="one too many"),
        pytest.param("limit=-1", id="less than nothing"),
        pytest.param("limit=\N{ARABIC-INDIC DIGIT ONE}", id="another digit"),
        pytest.param("limit=0001", id="too long a number"),
        pytest.param("limit=1&limit=1", id="twice"),
        pytest.param("cursor=", id="an empty cursor"),
        pytest.param("cursor=AAAA", id="too short a cursor"),
        pytest.param(f"cursor={cursor_of(UUID(int=1))}=", id="another spelling of a cursor"),
        pytest.param("page=2", id="a word that is not read"),
    ],
)
def test_anything_else_is_refused(query: str) -> None:
    """With words that do not repeat it."""
    with pytest.raises(InvalidRequestError):
        read_paging(QueryParams(query), paged=True)


def test_what_is_no_list_takes_no_page() -> None:
    """Nor anything else in its address."""
    assert read_paging(QueryParams(""), paged=False) == (FIRST, DEFAULT_LIMIT)
    with pytest.raises(InvalidRequestError):
        read_paging(QueryParams("limit=1"), paged=False)


@given(st.uuids(), st.integers(1, 200))
def test_a_cursor_goes_back_to_where_it_was_made(last: UUID, limit: int) -> None:
    """For every id."""
    assert read_paging(QueryParams(f"cursor={cursor_of(last)}&limit={limit}"), paged=True) == (last, limit)


def test_only_a_full_page_has_a_next() -> None:
    """After its last row."""
    rows = [UnitEntry(uuid4(), "Ward 3", "panel"), UnitEntry(uuid4(), "Ward 4", "panel")]
    assert page_of(Unit, rows, 3).next is None
    assert page_of(Unit, [], 3).next is None
    assert page_of(Unit, rows, 2).next == cursor_of(rows[1].id)
