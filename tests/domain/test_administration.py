"""Spans, and rows that print nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from phiward.domain.administration import (
    LONGEST_GRANT,
    PROXY_BASES,
    GrantBasis,
    GrantKind,
    NewGrant,
    Span,
    UnknownIdError,
)
from phiward.domain.errors import InvalidRequestError

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("span", "longest"),
    [
        pytest.param(Span(None, NOW), None, id="ends now"),
        pytest.param(Span(NOW - 2 * DAY, NOW - DAY), None, id="is over"),
        pytest.param(Span(NOW + DAY, NOW + DAY), None, id="is empty"),
        pytest.param(Span(NOW.replace(tzinfo=None), None), None, id="a start without its zone"),
        pytest.param(Span(None, None), LONGEST_GRANT, id="open, where an end is needed"),
        pytest.param(Span(None, NOW + LONGEST_GRANT + timedelta(seconds=1)), LONGEST_GRANT, id="a second too long"),
    ],
)
def test_a_span_that_is_none_is_refused(span: Span, longest: timedelta | None) -> None:
    """By what is wrong, never by its values."""
    with pytest.raises(InvalidRequestError) as caught:
        span.refuse_past(NOW, longest=longest)
    assert "2026" not in str(caught.value)


@pytest.mark.parametrize(
    ("span", "longest"),
    [
        pytest.param(Span(), None, id="open"),
        pytest.param(Span(NOW - DAY, NOW + DAY), None, id="began before"),
        pytest.param(Span(None, NOW + LONGEST_GRANT), LONGEST_GRANT, id="as long as can be"),
        pytest.param(Span(NOW + DAY, NOW + DAY + LONGEST_GRANT), LONGEST_GRANT, id="counted from its own start"),
    ],
)
def test_a_span_that_holds_passes(span: Span, longest: Any) -> None:
    """The end is exclusive."""
    span.refuse_past(NOW, longest=longest)


def test_a_grant_never_prints_its_reason() -> None:
    """It may say something about the patient."""
    asked = NewGrant(
        GrantKind.MANUAL, UUID(int=1), UUID(int=2), GrantBasis.CONSULT, UUID(int=3), "Zora Testcase's knee", Span()
    )
    assert "Zora" not in repr(asked)
    assert "Zora" not in str(asked)


def test_each_basis_is_of_one_kind() -> None:
    """Four of proxies, the rest of what a colleague approves."""
    assert set(GrantBasis) > PROXY_BASES
    assert len(PROXY_BASES) == 4


def test_an_unknown_id_is_not_repeated() -> None:
    """One text for unknown, ended and foreign."""
    assert str(UnknownIdError("person")) == str(UnknownIdError("grant"))
