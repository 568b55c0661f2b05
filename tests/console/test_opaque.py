"""What an address names, and which refusals lead to the provider: the page tests use both; here is the edge."""

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from phiward.console.opaque import confirm_first, named
from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import NotPermittedError
from tests.console.office_twins import door
from tests.console.twins import DraftsTwin


def visit(text: str) -> Any:
    """With this in its address."""
    return cast(Any, SimpleNamespace(request=SimpleNamespace(path_params={"one": text})))


@pytest.mark.parametrize("text", ["", "1", "{00000000-0000-0000-0000-000000000001}", "0" * 31 + "1", "urn:uuid:x"])
def test_only_the_plain_spelling_names_anything(text: str) -> None:
    """Other spellings of an id are none."""
    with pytest.raises(UnknownIdError):
        named(visit(text), "one")
    assert named(visit(str(UUID(int=1))), "one") == UUID(int=1)


async def test_any_other_refusal_is_raised_again_and_nothing_is_kept() -> None:
    """Only the rule that asks for a fresh login leads there."""
    drafts = DraftsTwin()
    with pytest.raises(NotPermittedError):
        await confirm_first(visit("x"), NotPermittedError("No.", rule="self_review"), drafts, door(), "/queue")
    assert drafts.kept == {}
