"""Why a grant was given: read on record, and only of a grant of this organisation that somebody approved."""

from datetime import timedelta
from uuid import uuid4

import pytest

from phiward.adapters.postgres.access_grants import Grants
from phiward.adapters.postgres.access_office import Office
from phiward.adapters.postgres.grant_reasons import GrantReasons
from phiward.domain.administration import GrantBasis, GrantKind, NewGrant, Span, UnknownIdError
from tests.adapters.postgres.console_house import now
from tests.adapters.postgres.office_house import office_house
from tests.postgres import RunningDatabase


async def test_the_words_are_opened_and_the_reading_is_on_record(running: RunningDatabase) -> None:
    """Under the reader's id; unknown and emergencies name nothing."""
    async with office_house(running) as house:
        base, reasons = house.base, GrantReasons(house.office, house.base.vault)
        asked = NewGrant(
            GrantKind.MANUAL, base.bob, base.patient, GrantBasis.CONSULT, house.officer, "asked to consult",
            Span(None, now() + timedelta(days=1)),
        )  # fmt: skip
        grant = await Grants(Office(house.office, base.vault)).add_grant(base.tenant, asked)
        assert await reasons.read(base.tenant, grant) == "asked to consult"
        (read,) = house.actions("grant.reason_read")
        assert (read["grant"], read["actor"]) == (str(grant), f"person:{house.officer}")
        base.sql("UPDATE access_grant SET kind = 'emergency' WHERE id = %s", grant)
        for wanted in (grant, uuid4()):
            with pytest.raises(UnknownIdError):
                await reasons.read(base.tenant, wanted)
        assert len(house.actions("grant.reason_read")) == 1
