"""What the log says of itself, and who read, proved, exported and destroyed parts of it."""

from typing import Final

from phiward.audit.event import BY_LOG, EITHER, Event
from phiward.audit.forms import (
    ANCHOR,
    CODE,
    COUNT,
    DIGEST,
    FLAG,
    ID,
    INSTANT,
    NOTE,
    ORIGIN,
    SHARD,
    VERSION,
    Either,
    Form,
    Many,
    Mapped,
    Maybe,
    counted,
)  # fmt: skip

FINDINGS: Final = Many(CODE, 200)
STEPS: Final = Mapped(CODE, CODE)
"""How each step of a probe was answered."""
MOMENT: Final = Maybe(INSTANT)


def _event(name: str, says: str, **facts: Form) -> Event:
    return Event(name, says, facts, EITHER)


EVENTS: Final = (
    Event("log.opened", "A shard of the log begins; it carries the last checkpoint of the one before.",
          {"shard": SHARD, "previous": Maybe(NOTE), "previous_origin": Maybe(ORIGIN)}, BY_LOG),
    _event("log.restored", "The database was restored from a backup.",
           shard=SHARD, lost=Maybe(NOTE), kept_size=COUNT, reason=CODE),
    _event("log.clock_regressed", "The clock went back.", seconds=COUNT),
    _event("log.heartbeat", "A gateway process lives; how many entries it appended, and since when.",
           entries=COUNT, since=INSTANT),
    _event("log.gateway_started", "A gateway process began to serve.", version=VERSION),
    _event("log.gateway_stopped", "A gateway process stopped in order."),
    _event("log.verified", "The log was verified.",
           holds=FLAG, entries=COUNT, findings=FINDINGS, first_bad_index=Maybe(COUNT)),
    _event("log.verification_overridden", "The gateway was started although the log does not hold.",
           reason=CODE, findings=FINDINGS),
    _event("log.shard_destroyed", "The entries of a shard were destroyed; its hashes and checkpoints stay.",
           shard=SHARD, size=COUNT, root=DIGEST, schedule=Maybe(Either((CODE, counted(CODE))))),
    _event("key.destroyed", "The keys of a patient were destroyed: nothing of theirs opens any more.",
           patient=ID, reason=CODE, classes=Many(CODE, 32)),
    _event("hold.placed", "A legal hold was placed.", hold=ID, subject=Maybe(ID), reason=CODE),
    _event("hold.lifted", "A legal hold was lifted.", hold=ID, subject=Maybe(ID), reason=CODE),
    _event("retention.reviewed", "Somebody looked at what is due to be destroyed.",
           schedule=Maybe(CODE), due=Maybe(counted(CODE)), before=MOMENT),
    _event("anchor.probed", "A place outside the database was tried with a canary.",
           anchor=ANCHOR, holds=FLAG, steps=STEPS),
    _event("audit.reconstructed", "The texts of an interaction were opened for a person who may see them.",
           interaction=ID, reader=ID, rule=Maybe(CODE), patients=Maybe(Many(ID))),
    _event("audit.proved", "A proof of an entry was made.", entry=ID),
    _event("audit.exported", "A shard was exported.", shard=SHARD, entries=COUNT),
    _event("audit.searched", "The log was searched, and by which facts.", by=Many(CODE, 32), found=COUNT),
)  # fmt: skip
