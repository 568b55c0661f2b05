"""The adapters are what the Protocols ask for: each method by its name, in its order of parameters."""

import inspect
from typing import Any

import pytest

from phiward.adapters.postgres.access_grants import Grants
from phiward.adapters.postgres.access_people import PeopleAccess
from phiward.adapters.postgres.access_report import AccessReports
from phiward.adapters.postgres.access_services import Services
from phiward.adapters.postgres.access_units import Units
from phiward.adapters.postgres.desk import PostgresDesk
from phiward.adapters.postgres.registry import Registry
from phiward.gateway.admin import ports
from phiward.policy.decide import Policy

PAIRS: list[Any] = [
    (ports.Registry, Registry), (ports.People, PeopleAccess), (ports.Units, Units), (ports.Grants, Grants),
    (ports.Services, Services), (ports.Reports, AccessReports), (ports.Judge, Policy),
]  # fmt: skip


@pytest.mark.parametrize(("port", "adapter"), PAIRS, ids=lambda one: one.__name__)
def test_an_adapter_has_every_method_of_its_port(port: type, adapter: type) -> None:
    """The type checker holds the types together where the wiring does."""
    methods = {name: one for name, one in vars(port).items() if inspect.isfunction(one) and not name.startswith("_")}
    assert methods
    for name, method in methods.items():
        asked = inspect.signature(method).parameters.values()
        given = inspect.signature(getattr(adapter, name)).parameters.values()
        assert [one.name for one in asked if one.kind is not one.POSITIONAL_ONLY] == [
            two.name for one, two in zip(asked, given, strict=True) if one.kind is not one.POSITIONAL_ONLY
        ]


def test_a_desk_has_its_parts() -> None:
    """And can put a refusal on record."""
    asked = inspect.signature(ports.Desk.refused).parameters
    assert list(asked) == list(inspect.signature(PostgresDesk.refused).parameters)
