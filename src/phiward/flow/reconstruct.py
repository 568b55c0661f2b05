"""Rebuilding an interaction from the log: the bytes that left, what was retrieved, what was replaced, and why.

The leaves say in clear what must outlive a destroyed key; the texts stand sealed beside them. Each is held against the
digest in its leaf before it is opened, and opens only as what it was sealed as: tenant, patient, entry and name.
Whoever calls this has decided that the reader may see it (`may_read`), and has put that on record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

import orjson

from phiward.audit.leaf import decode_leaf
from phiward.domain.access import NO_STANDING, Standing
from phiward.domain.acts import AdministrativeAct
from phiward.domain.audit import StoredEntry
from phiward.domain.errors import AuditIntegrityError, VaultError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PersonId, PurposeOfUse
from phiward.domain.vendors import DestinationClass
from phiward.domain.verdict import Permit, Verdict
from phiward.flow.record import CIRCUMSTANCES, GROUNDS, RECEIVED, SENT
from phiward.policy.decide import Policy


class Opener(Protocol):
    """Opens what `Sealer` sealed."""

    def open(self, tenant: UUID, patient: PatientRef | None, record: UUID, name: str, sealed: bytes) -> bytes:
        """The text. Raises VaultError when anything differs, or the key does not exist (any more)."""


class State(StrEnum):
    """What became of a text."""

    OPENED = "opened"
    DESTROYED = "destroyed"  # its key is: it can never be opened again, by anybody
    CLOSED = "closed"  # it does not open here: another root key, or a destroyed one
    ALTERED = "altered"  # not the ciphertext whose digest stands in the leaf
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Piece:
    """A text beside an entry. `sha256` is the digest of its ciphertext in the leaf; `text` only where it opened."""

    kind: str
    name: str
    patient: PatientRef | None
    sha256: str
    state: State
    text: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Record:
    """Whose interaction it was, about whom, and why; nobody's where it is an act of the program."""

    person: PersonId | None
    patients: tuple[PatientRef, ...]
    purpose: PurposeOfUse


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """An interaction as the log has it: leaves in order, and the texts beside them."""

    leaves: tuple[Mapping[str, Any], ...]
    pieces: tuple[Piece, ...]

    def text(self, name: str) -> bytes | None:
        """The text of this name; None where there is none, or it does not open."""
        return next((one.text for one in self.pieces if one.name == name and one.text is not None), None)

    @property
    def sent(self) -> bytes | None:
        """The exact bytes that left."""
        return self.text(SENT)

    @property
    def received(self) -> bytes | None:
        """The model's own text, before anything was restored."""
        return self.text(RECEIVED)

    @property
    def grounds(self) -> Mapping[str, Any]:
        """What was retrieved and what was replaced (flow.grounds); empty where it does not open."""
        return _object(self.text(GROUNDS))

    @property
    def circumstances(self) -> Mapping[str, Any]:
        """Address and device; empty where nothing was known."""
        return _object(self.text(CIRCUMSTANCES))

    @property
    def destroyed(self) -> bool:
        """Whether a text can never be opened again."""
        return any(one.state is State.DESTROYED for one in self.pieces)

    @property
    def holds(self) -> bool:
        """Whether every text that can be opened is the one that was recorded."""
        return not any(one.state in (State.ALTERED, State.MISSING) for one in self.pieces)

    def trace(self, reasons: Mapping[str, str]) -> list[str]:
        """Why each decision fell, a line a stage; `reasons` are the words of the rules."""
        steps = [step for leaf in self.leaves for step in leaf["facts"].get("trace") or ()]
        return [_line(reasons, *step) for step in steps]


def record_of(entries: Sequence[StoredEntry]) -> Record:
    """From the leaves alone. Raises AuditIntegrityError when one cannot be read."""
    facts = [leaf["facts"] for leaf in map(_leaf, entries)]
    begun: Mapping[str, Any] = next((one for one in facts if "person" in one and "credential" in one), {})
    person, purpose = begun.get("person"), begun.get("purpose")
    patients = {UUID(patient) for one in facts for patient in one.get("patients") or ()}
    try:
        return Record(
            PersonId(UUID(person)) if person else None,
            tuple(PatientRef(one) for one in sorted(patients)),
            PurposeOfUse(purpose) if purpose else PurposeOfUse.TREAT,
        )
    except ValueError:
        raise _unreadable() from None


def may_read(
    policy: Policy, reader: Caller, record: Record, standings: Mapping[PatientRef, Standing], now: datetime
) -> Verdict:
    """Whether `reader` may open the texts: decided by the policies, as every other act.

    It is her own where she asked, and the policies let her see each patient now, for the purpose that it had.
    `standings`: what stands between her and each of them.
    """
    own = reader.person == record.person and all(
        isinstance(
            policy.decide(
                *(reader, patient, standings.get(patient, NO_STANDING), record.purpose),
                *(DestinationClass.SELF_HOSTED, now),
            ),
            Permit,
        )
        for patient in record.patients
    )
    return policy.decide_act(reader, AdministrativeAct.READ_INTERACTION, now, own=own)


def reconstruct(entries: Sequence[StoredEntry], opener: Opener) -> Reconstruction:
    """Open what opens. Raises AuditIntegrityError for a leaf that cannot be read, and nothing for a text."""
    leaves = [_leaf(entry) for entry in entries]
    pieces = [piece for entry, leaf in zip(entries, leaves, strict=True) for piece in _pieces(entry, leaf, opener)]
    # The organisation's key opens with the same root: where it does and a patient's does not, the latter is destroyed.
    rooted = any(one.patient is None and one.state is State.OPENED for one in pieces)
    told = [_told(one) if rooted and one.state is State.CLOSED and one.patient else one for one in pieces]
    return Reconstruction(tuple(leaves), tuple(told))


def _pieces(entry: StoredEntry, leaf: Mapping[str, Any], opener: Opener) -> list[Piece]:
    held = {one.name: one.ciphertext for one in entry.addenda}
    made = []
    for said in leaf["addenda"]:
        name, digest = str(said["name"]), str(said["sha256"])
        patient = PatientRef(UUID(said["patient"])) if said.get("patient") else None
        sealed, text = held.get(name), None
        if sealed is None:
            state = State.MISSING
        elif sha256(sealed).hexdigest() != digest:
            state = State.ALTERED
        else:
            try:
                text = opener.open(UUID(leaf["tenant"]), patient, UUID(leaf["id"]), name, sealed)
                state = State.OPENED
            except VaultError:
                state = State.CLOSED
        made.append(Piece(str(leaf["kind"]), name, patient, digest, state, text))
    return made


def _told(one: Piece) -> Piece:
    return Piece(one.kind, one.name, one.patient, one.sha256, State.DESTROYED)


def _leaf(entry: StoredEntry) -> dict[str, Any]:
    try:
        leaf = decode_leaf(entry.leaf)
        if not isinstance(leaf["facts"], dict) or not isinstance(leaf["addenda"], list):
            raise _unreadable()
    except (ValueError, KeyError):
        raise _unreadable() from None
    return leaf


def _unreadable() -> AuditIntegrityError:
    return AuditIntegrityError("An entry of this interaction cannot be read; `phiward audit verify` says which.")


def _object(text: bytes | None) -> Mapping[str, Any]:
    value = orjson.loads(text) if text else {}
    return value if isinstance(value, dict) else {}


def _line(reasons: Mapping[str, str], stage: str, did: str, rule: str | None, at: int) -> str:
    by = f" by {rule}" if rule else ""
    why = f": {reasons[rule]}" if rule is not None and rule in reasons else ""
    return f"{at} ms, {stage}: {did}{by}{why}"
