"""A statement and its surroundings."""

from datetime import UTC, datetime

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.domain.facts import Code, FactKind
from phiward.records.ccda.statement import NEGATED, TEMPLATE, Holder, Statement, holder_of

from .files import CANARY, element, reader

CODES = (Code("", "1"),)


def test_a_holder_with_a_broken_time_is_refused() -> None:
    """At its line."""
    with pytest.raises(ImportFailedError, match="this is not a time") as caught:
        holder_of(element(f'<act><effectiveTime value="{CANARY}"/></act>'), reader())
    assert CANARY not in str(caught.value)


def test_a_negated_saying_carries_no_codes() -> None:
    """Whether it is negated itself or by its holder."""
    plain, negated = element("<observation/>"), element('<observation negationInd="true"/>')
    for statement in (Statement(negated, reader()), Statement(plain, reader(), Holder(negated=True))):
        found = statement.saying(FactKind.PROBLEM, "No known x", CODES, [], "active")
        assert (found.codes, found.status) == ((), NEGATED)
    kept = Statement(plain, reader()).saying(FactKind.PROBLEM, "x", CODES, [], "active")
    assert (kept.codes, kept.status) == (CODES, "active")


def test_a_holder_is_read_once_for_all() -> None:
    """What it is, how it stands, since when."""
    inner = '<code displayName="Panel"/><statusCode code="active"/><effectiveTime value="2024"/>'
    act = f'<act negationInd="true">{inner}</act>'
    found = holder_of(element(act), reader())
    assert found.what is not None
    assert (found.what.label, found.status, found.negated) == ("Panel", "active", True)
    assert found.begins == datetime(2024, 1, 1, tzinfo=UTC)


def test_details_and_comments_are_said_one_after_the_other() -> None:
    """Empty ones are left out."""
    comment = f'<entryRelationship><act><templateId root="{TEMPLATE}64"/><text>as told</text></act></entryRelationship>'
    severe = (
        f'<entryRelationship><observation><templateId root="{TEMPLATE}8"/><value xsi:type="CD" displayName="Mild"/>'
        "</observation></entryRelationship>"
    )
    statement = Statement(element(f"<observation>{comment}{severe}</observation>"), reader())
    assert statement.saying(FactKind.OTHER, "x", (), ["a", None, "", "b"], "").detail == "a; b; as told"
    assert statement.values_of(f"{TEMPLATE}8") == ["Mild"]
