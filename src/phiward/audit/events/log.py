"""What the log says of itself, and who read, proved, exported and destroyed parts of it."""

from collections.abc import Mapping
from typing import Final

from phiward.audit.event import BY_LOG, EITHER, Event, change, part
from phiward.audit.forms import (
    ANCHOR,
    CODE,
    COUNT,
    FLAG,
    ID,
    INSTANT,
    NOTE,
    REFERENCE,
    SHARD,
    VERSION,
    Either,
    Form,
    Many,
    Mapped,
    Maybe,
    counted,
    one_of,
)  # fmt: skip
from phiward.domain.people import PurposeOfUse

FINDINGS: Final = Many(CODE, 200)
STEPS: Final = Mapped(CODE, CODE)
"""How each step of a probe was answered."""
RULES: Final = one_of(
    (
        "45 CFR 164.316(b)(2)(i)",
        "order of a court",
        "law of the state",
        "45 CFR 164.504(e)(2)(ii)(J)",
        "policy of the organisation",
    )
)
"""By what right something is destroyed; a test holds it equal to retention/destruction.py."""
BY_RULE: Final[Mapping[str, Form]] = {"destruction": ID, "reason": CODE, "rule": RULES}
GONE: Final = part(destroyed=FLAG)
STANDS: Final = part(stands=FLAG)
HOLD: Final[Mapping[str, Form]] = {
    "hold": ID, "scope": CODE, "subject": Maybe(Either((ID, SHARD))), "patients": Many(ID), "reason": CODE,
}  # fmt: skip


def _event(name: str, says: str, **facts: Form) -> Event:
    return Event(name, says, facts, EITHER)


EVENTS: Final = (
    Event("log.opened", "A shard of the log begins; it carries the last checkpoint of the one before, and after a "
          "restore from backup the newest that was signed of what is lost.",
          {"shard": SHARD, "previous": Maybe(NOTE), "lost": Maybe(NOTE), "reason": Maybe(CODE)}, BY_LOG),
    Event("log.clock_regressed", "The clock of the database, or of a gateway process, went back.",
          {"seconds": COUNT, "clock": one_of(("database", "worker")), "by": Maybe(ID)}, BY_LOG),
    Event("log.gateway_started", "A gateway process began to serve.", {"version": VERSION}, BY_LOG),
    Event("log.heartbeat", "A gateway process lives; how many entries it was acknowledged, this one among them.",
          {"entries": COUNT}, BY_LOG),
    Event("log.gateway_stopped", "A gateway process stopped in order.", {"entries": COUNT}, BY_LOG),
    Event("log.verified", "The log was verified.",
          {"holds": FLAG, "entries": COUNT, "findings": FINDINGS, "first_bad_shard": Maybe(SHARD),
           "first_bad_index": Maybe(COUNT), "anchors_silent": COUNT, "objects_hidden": COUNT}, BY_LOG),
    Event("log.verification_overridden", "The gateway was started although the log does not hold.",
          {"reason": REFERENCE, "findings": FINDINGS}, BY_LOG),
    Event("log.shard_destroyed", "The entries of a shard are destroyed; its hashes and checkpoints stay.",
          {"shard": SHARD, "size": COUNT, "earlier": Many(part(shard=SHARD, size=COUNT)),
           "patients": Many(ID), **BY_RULE, "before": GONE, "after": GONE}, BY_LOG),
    change("key.destroyed", "The keys of a patient are destroyed: nothing of theirs opens any more.", GONE, GONE,
           patients=Many(ID), classes=Many(CODE, 32), **BY_RULE),
    change("destruction.certified", "A destruction was completed; how much went.", None, None,
           destruction=ID, kind=CODE, patients=Many(ID), shard=Maybe(SHARD),
           entry=part(shard=SHARD, index=COUNT), gone=counted(CODE)),
    change("destruction.refused", "A destruction was refused, and by which rule.", None, None,
           kind=CODE, patients=Many(ID), shard=Maybe(SHARD), rule=CODE),
    change("hold.placed", "A legal hold was placed.", None, STANDS, **HOLD),
    change("hold.lifted", "A legal hold was lifted.", STANDS, STANDS, **HOLD, lift_reason=CODE),
    change("anchor.probed", "A place outside the database was tried with a canary.", None, None,
           anchor=ANCHOR, holds=Maybe(FLAG), steps=STEPS),
    _event("audit.reconstructed", "The texts of an interaction were opened for a person who may see them.",
           interaction=ID, reader=ID, rule=Maybe(CODE), patients=Maybe(Many(ID))),
    _event("audit.proved", "A proof of an entry was made.", entry=ID),
    _event("audit.exported", "A shard was exported.", shard=SHARD, entries=COUNT),
    _event("audit.searched", "The log was searched at a page; by whom, whom, why, what became of it and when.",
           person=Maybe(ID), patients=Many(ID, 1), purpose=Maybe(one_of(PurposeOfUse)), verdict=Maybe(CODE),
           since=Maybe(INSTANT), until=Maybe(INSTANT), before=Maybe(INSTANT), unknown=Many(CODE, 8), found=COUNT,
           more=FLAG),
    change("audit.entry_read", "An entry of the log was opened at a page.", None, None, entry=ID, patients=Many(ID)),
)  # fmt: skip
