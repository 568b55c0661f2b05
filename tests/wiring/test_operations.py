"""What runs, for a page: policy first; the rest in tests/adapters/postgres/test_operations.py and the stories."""

from pathlib import Path
from typing import Any, cast

import pytest

from phiward.domain.errors import NotPermittedError
from phiward.domain.people import Role
from phiward.settings import Settings
from phiward.wiring.operations import PASSWORDS, OperationsRoom, ages_of
from tests.wiring.test_duties import duties, fresh

NOTHING: Any = None


@pytest.mark.parametrize("look", [lambda r, who: r.register(who), lambda r, who: r.health(who)])
@pytest.mark.parametrize("role", [Role.PHYSICIAN, Role.BILLING, Role.PATIENT])
async def test_who_treats_patients_sees_none_of_it_and_the_refusal_is_on_record(look: Any, role: Role) -> None:
    """Whatever page is forged."""
    made = duties()
    with pytest.raises(NotPermittedError):
        await look(OperationsRoom(made, NOTHING, NOTHING, NOTHING), fresh(role))
    assert len(cast(Any, made.access).told) == 1


def test_a_signing_key_that_is_elsewhere_has_no_age_here(tmp_path: Path) -> None:
    """Another process holds it, perhaps on another machine."""
    here = Settings(data_dir=tmp_path / "d", secrets_dir=tmp_path / "s")
    there = here.model_copy(update={"signer_socket": tmp_path / "signer.sock"})
    assert list(ages_of(here).files) == ["Root key", "Signing key of the log", PASSWORDS]
    assert list(ages_of(there).files) == ["Root key", PASSWORDS]
