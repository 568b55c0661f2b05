"""Vendors: destinations, agreements, accepted risks."""

from typing import Final

from phiward.audit.event import change, part
from phiward.audit.forms import ADDRESS, DIGEST, FLAG, ID, INSTANT, MODEL, VENDOR, Form, Many, Maybe

ACTIVE: Final = part(active=FLAG)
PLACE: Final[dict[str, Form]] = {"vendor": VENDOR, "service": VENDOR, "feature": VENDOR, "endpoint": ADDRESS}
TIMES: Final[dict[str, Form]] = {"starts_at": INSTANT, "ends_at": INSTANT}
ENDS: Final[dict[str, Form]] = {"ended": ID, "struck": FLAG, "ends_at": INSTANT}
ENDED: Final = Maybe(part(ends_at=INSTANT))

EVENTS: Final = (
    change("destination.added", "A destination was registered.", None, ACTIVE,
           destination=ID, self_hosted=FLAG, models=Many(MODEL, 1000), **PLACE),
    change("destination.deactivated", "Nothing is sent there any more.", ACTIVE, ACTIVE, destination=ID),
    change("baa.added", "A business associate agreement was entered.", None, part(**TIMES), baa=ID, **PLACE, **TIMES),
    change("baa.ended", "An agreement ended.", ENDED, ENDED, **ENDS),
    change("risk.accepted", "A named person accepted that free text may go where there is no agreement.", None,
           part(**TIMES), acceptance=ID, destination=ID, accepted_by=ID, **TIMES, measured=Maybe(DIGEST)),
    change("risk.revoked", "That acceptance ended.", ENDED, ENDED, **ENDS),
)  # fmt: skip
