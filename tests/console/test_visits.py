"""A visit: sections for htmx, whole pages for everybody else."""

import pytest

from phiward.console.refusals import OTHER_ROLE
from phiward.console.visits import Visit, get
from tests.console.twins import PagesHouse


async def show(visit: Visit):  # type: ignore[no-untyped-def]
    """A page with a section."""
    return visit.section("refused", "note", told=OTHER_ROLE, interaction=str(visit.id), typed={})


@pytest.mark.parametrize(("headers", "whole"), [({}, True), ({"hx-request": "true"}, False)])
async def test_a_section_comes_alone_only_where_htmx_asks(headers: dict[str, str], whole: bool) -> None:
    """The same address, without script a page."""
    async with PagesHouse().client([get("/x", show)], **headers) as client:
        text = (await client.get("/x")).text
    assert ("<html" in text) is whole
    assert "Not available to you" in text
