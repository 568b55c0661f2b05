"""Where text may go: destinations, their agreements, and risks that a named person accepted."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from phiward.domain.people import PersonId
from phiward.domain.text import Secret


class DestinationClass(StrEnum):
    """What a destination is in law, at one instant."""

    SELF_HOSTED = "self_hosted"
    BAA = "baa"
    NO_BAA = "no_baa"


@dataclass(frozen=True, slots=True)
class Baa:
    """A business associate agreement covers vendor, service, endpoint and feature from … until.

    `until` is exclusive; both are UTC. Source: 45 CFR 164.504(e).
    """

    id: UUID
    vendor: str
    service: str
    endpoint: str
    feature: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RiskAcceptance:
    """A named person accepts that de-identified free text may still hold an identifier."""

    id: UUID
    destination: UUID
    accepted_by: PersonId
    reason: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Destination:
    """A place that answers. `endpoint` is the base URL up to and including `/v1`.

    `models` maps the model name that callers use to the name that the server knows.
    """

    id: UUID
    name: str
    vendor: str
    service: str
    endpoint: str
    feature: str
    self_hosted: bool
    models: tuple[tuple[str, str], ...]
    api_key: Secret | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class VendorBook:
    """Everything the vendors room decides from, as of one version of the database."""

    version: int
    destinations: tuple[Destination, ...] = ()
    agreements: tuple[Baa, ...] = ()
    acceptances: tuple[RiskAcceptance, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """The chosen destination, why text may go there, and on which agreement."""

    destination: Destination
    upstream_model: str
    destination_class: DestinationClass
    baa: Baa | None
    acceptance: RiskAcceptance | None
