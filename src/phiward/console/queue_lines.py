"""The lines of the work queue: what is late first, then what is due today, then by date, then what has no date.

Pure: from what waits and what is watched to what is shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from phiward.console.emergency import IN_WORDS
from phiward.console.wording import clock, day, moment, plural, words
from phiward.domain.emergency import ReviewEntry
from phiward.domain.office import BREACH_DAYS, AnchorReach, Stop, Waiting, Watched

CHECK_HOURS: Final = 26
"""The whole log is checked every day; a check that is older than this is late."""
ANCHOR_LATE: Final = 3.0
"""Intervals after which an anchor that kept nothing new, while there is something new, is late."""
KINDS: Final = {
    "emergency": "Break-the-glass", "answer": "Reported answers", "note": "Held notes", "output": "Protections",
    "log": "Log", "agreement": "Agreements", "incident": "Breach clocks", "kept": "Retention",
}  # fmt: skip
NOT_WATCHED: Final = (
    ("Household and neighbor access", "no address data is connected"),
    ("Access to a colleague's record, and unusual numbers of patients", "no analytics of access runs here yet"),
    ("Retention of single patients", "the command “phiward retention due” tells it, and reads the whole log to do so"),
    ("Access in other systems", "the records system keeps its own log"),
)
"""Said aloud on every page, full or empty."""
WAITS: Final = 3
_BADLY = ("late", "bad")


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `state` is the badge's class; `at` orders; `link` "" where the way on is no page."""

    kind: str
    state: str
    word: str
    when: str
    title: str
    about: str
    why: str
    link: str
    label: str
    at: datetime | None = None

    @property
    def rank(self) -> int:
        """0 late or failed, 1 due today, 2 due some day, 3 without a date."""
        return 0 if self.state in _BADLY else 1 if self.state == "due" else 2 if self.at else WAITS


def lines_of(reviews: Sequence[ReviewEntry], waiting: Waiting, watched: Watched, now: datetime) -> tuple[Line, ...]:
    """Every line, most urgent first. A later due date never puts a line of the same kind and state before another."""
    found = [
        *_reviews(reviews, now), *_log(watched, now), *_stops(watched.stops, now), *_incidents(waiting, now),
        *_waiting(waiting), *_outputs(watched), *_periods(watched, now),
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.rank, one.at is None, one.at or now, one.title)))


def due_badge(due: datetime, now: datetime) -> tuple[str, str, str]:
    """State, word and the rest of a due date."""
    if due < now:
        return "late", "Overdue", f"since {short_day(due)}, {clock(due)}"
    if due.date() == now.date():
        return "due", "Today", f"by {clock(due)}"
    return "", short_day(due), f"by {clock(due)}"


def short_day(at: datetime) -> str:
    """`Wed 25 Nov`."""
    return f"{at.strftime('%a')} {at.day} {at.strftime('%b')}"


def _reviews(reviews: Iterable[ReviewEntry], now: datetime) -> Iterable[Line]:
    for one in reviews:
        if one.outcome is not None:
            continue
        ended = one.ended_at or one.ends_at
        minutes = int((min(ended, now) - one.starts_at).total_seconds() // 60)
        told = [f"Reason given: {IN_WORDS.get(one.reason, words(one.reason)).lower()}."]
        told += ["Several within a day."] if one.frequent else []
        told += ["Extended once."] if one.extended else []
        told += ["Confirmed by an offline code, while the provider was down."] if one.offline else []
        told += [f"Still open until {clock(ended)}."] if ended > now else []
        about = f"one record, {short_day(one.starts_at)}, {clock(one.starts_at)}, {minutes} min"
        badge = due_badge(one.review_due, now)
        yield Line(
            "emergency", *badge, f"Break-the-glass, {one.login}", about, " ".join(told), f"/queue/{one.id}",
            f"Review {str(one.id)[:8]}", one.review_due,
        )  # fmt: skip


def _log(watched: Watched, now: datetime) -> Iterable[Line]:
    verify = "phiward audit verify"
    check = watched.check
    if check is None:
        yield Line("log", "late", "Never", "", "Check of the whole log", "no check is on record",
                   "Without a check nobody knows whether the log holds.", "", verify, now)  # fmt: skip
    elif not check.holds:
        what = ", ".join(map(words, check.findings)) or "no finding is named"
        yield Line("log", "bad", "Fails", f"since {moment(check.at)}", "The log does not hold", what,
                   "Keep everything as it is, and call the security officer.", "", verify, check.at)  # fmt: skip
    elif now - check.at > timedelta(hours=CHECK_HOURS):
        yield Line("log", "late", "Late", f"last {moment(check.at)}", "Check of the whole log", "it runs every day",
                   "What changed since then was not checked.", "", verify, check.at)  # fmt: skip
    if not watched.anchors:
        yield Line("log", "due", "Today", "", "No anchor outside the database", "nothing is anchored",
                   "Who holds the database could rewrite the log, and nobody else could say so.", "",
                   "phiward audit anchor list", now)  # fmt: skip
    for anchor in watched.anchors:
        if is_late(anchor, now):
            since = anchor.failing_since or anchor.kept_at
            yield Line(
                "log", "late", "Late", f"since {moment(since)}", f"Anchor {anchor.name}",
                f"{words(anchor.kind)}, every {int(anchor.interval_seconds)} s",
                f"{plural(anchor.behind, 'entry', 'entries')} of the log are not in it.", "",
                "phiward audit anchor list", since,
            )  # fmt: skip
    for alarm in watched.alarms:
        yield Line(
            "log", "due", "Look", f"last {moment(alarm.last_at)}", f"Alarm: {words(alarm.kind.replace('.', ' '))}",
            f"{plural(alarm.count, 'time')} in 7 days",
            "Everybody was told." if not alarm.waiting else f"{plural(alarm.waiting, 'message')} not delivered yet.",
            "", verify, alarm.last_at,
        )  # fmt: skip


def is_late(anchor: AnchorReach, now: datetime) -> bool:
    """It fails, or something waits that it should have kept long ago."""
    if anchor.failing_since is not None:
        return True
    if anchor.behind == 0:
        return False
    return anchor.kept_at is None or (now - anchor.kept_at).total_seconds() > ANCHOR_LATE * anchor.interval_seconds


def _stops(stops: Iterable[Stop], now: datetime) -> Iterable[Line]:
    for one in stops:
        days = (one.ends_at.date() - now.date()).days
        over = one.ends_at <= now
        models = ", ".join(one.models)
        what = "Stopped" if over else "Stops"
        if one.accepted_until is not None:
            why = f"{what} on that day: identified text to {models}. Transformed text may go on until {day(one.accepted_until)}, by an accepted risk."  # noqa: E501
        else:
            why = f"{what} on that day: everything to {models}."
        state, word = ("late", "Ended") if over else ("due", "Today") if days == 0 else ("", short_day(one.ends_at))
        about = f"BAA {'ended' if over else 'ends'} {day(one.ends_at)}" + (
            "" if over else f", in {plural(days, 'day')}"
        )
        yield Line("agreement", state, word, clock(one.ends_at), f"Agreement with {one.vendor}", about, why, "",
                   "phiward vendor baa", one.ends_at)  # fmt: skip


def _incidents(waiting: Waiting, now: datetime) -> Iterable[Line]:
    for one in waiting.incidents:
        last = one.opened_at + timedelta(days=BREACH_DAYS)
        state, word, when = due_badge(last, now)
        spent = (now.date() - one.opened_at.date()).days
        yield Line(
            "incident", state, word, f"day {spent} of {BREACH_DAYS}" if state != "late" else when,
            f"Breach clock, incident {str(one.id)[:8]}", f"discovered {short_day(one.opened_at)}",
            "Letters must reach the people affected without unreasonable delay. Letters are not sent from here.",
            f"/queue/{one.emergency}" if one.emergency else "", "See the review", last,
        )  # fmt: skip


def _waiting(waiting: Waiting) -> Iterable[Line]:
    for report in waiting.reports:
        yield Line(
            "answer", "", "No clock", f"since {moment(report.reported_at)}", f"Reported answer, by {report.login}",
            words(report.reason).capitalize(),
            "Its reader says that it is wrong." + (" She wrote why." if report.has_words else ""),
            f"/reports/{report.id}", f"Look into {str(report.id)[:8]}",
        )  # fmt: skip
    for note in waiting.notes:
        yield Line(
            "note", "", "No clock", f"since {moment(note.found_at)}", f"Held note, {words(note.kind)}",
            f"may be of {plural(note.suspects, 'other patient')}",
            "It carries identifiers of somebody else than its patient. No answer uses it until somebody decides.", "",
            "phiward quarantine list",
        )  # fmt: skip


def _outputs(watched: Watched) -> Iterable[Line]:
    for one in watched.guarded:
        told = [f"{plural(one.withheld, 'passage')} withheld from an answer."] if one.withheld else []
        told += [f"Tools or calls removed: {', '.join(map(words, one.removed))}."] if one.removed else []
        told += ["The request read like an attempt to steer the model."] if one.review else []
        yield Line(
            "output", "", "No clock", moment(one.at), f"A protection did something for {one.login}",
            f"interaction {str(one.interaction)[:8]}", " ".join(told), "",
            "phiward audit report",
        )  # fmt: skip


def _periods(watched: Watched, now: datetime) -> Iterable[Line]:
    for one in watched.periods:
        held = f" {plural(watched.holds, 'legal hold')} stand." if watched.holds else " No legal hold stands."
        state, word = ("due", "Due") if one.due_at <= now else ("", short_day(one.due_at))
        yield Line(
            "kept", state, word, day(one.due_at), f"Part {one.name or 'before the first'} of the log",
            f"its period ends {day(one.due_at)}", f"Its entries may be destroyed from then on; the proofs stay.{held}",
            "", "phiward retention due", one.due_at,
        )  # fmt: skip
