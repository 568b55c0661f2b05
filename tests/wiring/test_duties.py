"""Who may from a page: the same policy; a refusal is on record, being asked to confirm first is not."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from phiward.domain.acts import AdministrativeAct as Act
from phiward.domain.errors import NotPermittedError
from phiward.domain.people import Caller, Role
from phiward.policy.decide import Policy
from phiward.policy.step_up import Freshness
from phiward.wiring.base import utc_now
from phiward.wiring.duties import STEP_UP, Duties
from tests.console.twins import signed


class AccessTwin(SimpleNamespace):
    """A policy, and what was refused."""

    async def refused(self, caller: Caller, act: Act, rule: str) -> None:
        """Remembered."""
        self.told.append((act, rule))


def duties(*accepted: str) -> Duties:
    """With the shipped policies."""
    policy = Policy.load(freshness=Freshness(frozenset(accepted) if accepted else None))
    return Duties(cast(Any, AccessTwin(policy=policy, told=[])))


def fresh(*roles: Role, acr: str = "strong") -> Caller:
    """Somebody who confirmed a moment ago."""
    return replace(signed(*roles).caller, auth_time=utc_now(), acr=acr)


@pytest.mark.parametrize(
    ("role", "act"),
    [
        (Role.ADMINISTRATOR, Act.REVIEW_EMERGENCY),
        (Role.ADMINISTRATOR, Act.READ_ACCESS_REPORT),
        (Role.PRIVACY_OFFICER, Act.MANAGE_ROLES),
        (Role.PRIVACY_OFFICER, Act.MANAGE_SESSIONS),
        (Role.NURSE, Act.REVIEW_EMERGENCY),
    ],
)
async def test_another_role_is_refused_on_record_however_fresh_or_stale_its_login(role: Role, act: Act) -> None:
    """A stale login must not hide that the role never may."""
    for caller in (fresh(role), signed(role).caller):
        for ask in ("demand", "demand_role"):
            made = duties("strong")
            with pytest.raises(NotPermittedError) as caught:
                await getattr(made, ask)(caller, act)
            assert caught.value.rule != STEP_UP
            assert made.access.told == [(act, caught.value.rule)]  # type: ignore[attr-defined]


async def test_the_right_role_with_an_old_login_is_asked_to_confirm_and_nothing_is_on_record() -> None:
    """Old, of a class that does not count, or none at all; looking alone needs none."""
    officer = signed(Role.PRIVACY_OFFICER).caller
    old = replace(officer, auth_time=utc_now() - timedelta(minutes=20), acr="strong")
    for caller in (officer, old, fresh(Role.PRIVACY_OFFICER, acr="weak")):
        made = duties("strong")
        await made.demand_role(caller, Act.REVIEW_EMERGENCY)
        with pytest.raises(NotPermittedError) as caught:
            await made.demand(caller, Act.REVIEW_EMERGENCY)
        assert caught.value.rule == STEP_UP
        assert made.access.told == []  # type: ignore[attr-defined]


async def test_a_fresh_login_may_and_any_class_counts_where_none_is_named() -> None:
    """As the policies have it."""
    await duties("strong").demand(fresh(Role.PRIVACY_OFFICER), Act.REVIEW_EMERGENCY)
    await duties().demand(fresh(Role.PRIVACY_OFFICER, acr="x"), Act.MANAGE_GRANTS)
    await duties().demand(signed(Role.PRIVACY_OFFICER).caller, Act.MANAGE_PEOPLE, Act.READ_ACCESS_REPORT)
    assert duties().would(signed(Role.ADMINISTRATOR).caller, Act.MANAGE_ROLES)
    assert not duties().may(signed(Role.ADMINISTRATOR).caller, Act.MANAGE_ROLES)
