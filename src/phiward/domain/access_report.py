"""The access report in one sentence: how many may see, and by what."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from phiward.domain.access import RelationSource
from phiward.domain.administration import AccessRow

SOURCE_WORDS: Mapping[str, str] = {
    RelationSource.CARE_TEAM: "care team",
    RelationSource.ENCOUNTER: "encounter",
    RelationSource.GENERAL_PRACTITIONER: "general practitioner",
    RelationSource.DEPARTMENT: "department",
    RelationSource.PANEL: "panel",
    RelationSource.ON_CALL: "being on call",
    RelationSource.COVER: "cover",
    RelationSource.MANUAL: "entered relation or grant",
    RelationSource.PROXY: "proxy",
    RelationSource.SELF: "own record",
    RelationSource.EMERGENCY: "emergency",
}
"""Each kind of relation, as people say it."""
BY_POLICY = "What of the record each may use, the policies decide by role and purpose."


def summary_of_patient(rows: Sequence[AccessRow]) -> str:
    """How many people may see the patient and why; one who has two reasons is counted under each."""
    count = len({one.person for one in rows if not one.closed_by_flag})
    return f"{count} {'person' if count == 1 else 'people'} may see the patient now{_why(rows)}. {BY_POLICY}"


def summary_of_person(rows: Sequence[AccessRow]) -> str:
    """How many patients the person may see and why."""
    count = len({one.patient for one in rows if not one.closed_by_flag})
    return f"The person may see {count} {'patient' if count == 1 else 'patients'} now{_why(rows)}. {BY_POLICY}"


def _why(rows: Sequence[AccessRow]) -> str:
    """Pairs of person and patient by source, the most frequent first; and how many the flag shuts out."""
    pairs: dict[str, set[tuple[UUID, UUID]]] = {}
    for one in rows:
        if not one.closed_by_flag:
            pairs.setdefault(SOURCE_WORDS.get(one.source, one.source), set()).add((one.person, one.patient))
    told = sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0]))
    reasons = ": " + ", ".join(f"{len(found)} by {word}" for word, found in told) if told else ""
    opened = set[tuple[UUID, UUID]]().union(*pairs.values())
    shut = {(one.person, one.patient) for one in rows} - opened
    return reasons + (f"; the flag on a record shuts out {len(shut)} more" if shut else "")
