"""Emergency access ("break the glass") and its review, and answers that were reported."""

from typing import Final

from phiward.audit.event import change, part
from phiward.audit.forms import FLAG, ID, INSTANT, NOTHING, Form, Many, Maybe, one_of
from phiward.domain.emergency import EmergencyReason, ReviewOutcome
from phiward.domain.reports import WrongAnswer

OPENED: Final[dict[str, Form]] = {
    "grant": ID, "person": ID, "patients": Many(ID, 1), "reason": one_of(EmergencyReason), "session": ID,
    "offline": FLAG, "ends_at": INSTANT,
}  # fmt: skip

EVENTS: Final = (
    change("emergency.opened", "A clinician opened a record in an emergency.", None, part(open=FLAG), **OPENED),
    change("emergency.extended", "She had it for one more hour.", part(ends_at=INSTANT), part(open=FLAG), **OPENED),
    change("emergency.ended", "She closed it before its time.", part(ends_at=INSTANT), part(ends_at=INSTANT),
           grant=ID, person=ID, patients=Many(ID, 1)),
    change("emergency.reviewed", "A privacy officer reviewed it, or asked for more.",
           part(outcome=NOTHING, review_due=INSTANT),
           part(outcome=Maybe(one_of(ReviewOutcome)), asked=Maybe(one_of(["clarify"])), review_due=Maybe(INSTANT)),
           grant=ID, person=ID, reviewer=ID, patients=Many(ID, 1), incident=Maybe(ID)),
    change("emergency.review_overdue", "A review is late, and officers were told.", None, part(told=FLAG),
           grant=ID, review_due=INSTANT),
    change("emergency.texts_read", "What was asked and answered under it was read.", None, None,
           grant=ID, patients=Many(ID, 1)),
    change("answer.reported", "A reader says that an answer is wrong; officers were told.", None,
           part(open=FLAG, words=FLAG), report=ID, interaction=ID, person=ID, patients=Many(ID, 1),
           reason=one_of(WrongAnswer), session=ID),
    change("answer.words_read", "What she wrote about it was read.", None, None, report=ID, patients=Many(ID, 1)),
    change("answer.report_closed", "An officer looked into it.", part(open=FLAG), part(open=FLAG),
           report=ID, person=ID, officer=ID, patients=Many(ID, 1)),
    change("grant.reason_read", "The sealed reason of a grant was read.", None, None, grant=ID, patients=Many(ID, 1)),
)  # fmt: skip
