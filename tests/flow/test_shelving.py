"""What enters a corpus names no patient."""

from uuid import uuid4

import pytest

from phiward.domain.errors import InvalidRequestError, UnsafeContentError
from phiward.domain.people import TenantId
from phiward.flow.shelving import CorpusShelf, text_id
from phiward.guard.index import KnownIndex
from phiward.guard.tripwire import Tripwire
from tests.flow.charts import CorporaTwin, EmbedderTwin
from tests.flow.indexes import index_of
from tests.flow.test_journey import MARGARET, OTHER

TENANT = TenantId(uuid4())
GUIDELINE = "Dosing\n\nStart lisinopril low and go slow. Check potassium within two weeks."


def shelf(engine: CorporaTwin) -> CorpusShelf:
    """Over twins; the engines themselves are in tests/adapters/corpora."""

    async def known(_: TenantId) -> KnownIndex:
        return index_of(MARGARET, OTHER)

    return CorpusShelf(engine, EmbedderTwin(), Tripwire(), known)


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("Guideline", "Zelda Quagmire responded well.", "a case report that names its patient"),
        ("Case of MRN 40019999", "Start low.", "a number in the title"),
        ("Guideline", "SSN 123-45-6789 responded well.", "a number of a fixed form, whoever's it is"),
    ],
)
async def test_a_text_that_names_a_patient_is_refused(title: str, text: str, reason: str) -> None:
    """Without saying whom, and nothing of it is stored."""
    engine = CorporaTwin()
    with pytest.raises(UnsafeContentError) as caught:
        await shelf(engine).add(TENANT, "guidelines", "x", title, text)
    assert engine.held == {}, reason
    assert "Quagmire" not in str(caught.value)


async def test_an_empty_text_is_refused() -> None:
    """A guideline that says nothing is a mistake."""
    with pytest.raises(InvalidRequestError):
        await shelf(CorporaTwin()).add(TENANT, "guidelines", "x", "Guideline", " \n")


async def test_a_text_is_cut_and_found_under_its_name_in_its_corpus() -> None:
    """The same name is the same text, in one organisation and one corpus."""
    engine = CorporaTwin()
    count = await shelf(engine).add(TENANT, "guidelines", "pressure", "Pressure", GUIDELINE)
    held = engine.held["guidelines"]
    assert count == len(held) > 0
    assert {one.document for one in held} == {text_id(TENANT, "guidelines", "pressure")}
    assert all(one.text == GUIDELINE[one.start : one.end] for one in held)
    assert text_id(TENANT, "formulary", "pressure") != text_id(TENANT, "guidelines", "pressure")
    await shelf(engine).remove(TENANT, "guidelines", None)
    assert await shelf(engine).corpora(TENANT) == {}
