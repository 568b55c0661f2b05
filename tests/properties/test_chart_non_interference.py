"""Promise 3 over retrieval, as two runs on the real database: what other patients hold changes nothing.

Not a byte of a search, not a rank, score, tie or count, not a document id on record, not a byte that is sent to a
model. And of the same patient: what is closed to the person who asks changes the count of what is not shown alone.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from phiward.records.importing import import_path
from phiward.wiring.charts import ChartDesk
from tests.rooms.records.fhir_files import bundle, care_team, document, patient, write
from tests.system.charts import PROSE, ChartHospital, medication, observation

ROUNDS, ACTS = 8, 4
SAME = "The invented echo showed an ejection fraction of 55 percent."
QUESTIONS = [
    "What did the echo show?",
    "stick heel mattress stone",
    "What were the last two creatinines?",
    "current medications",
    "Zanthoxylum perigee",
]
NOTES = [SAME, SAME, *PROSE, f"{PROSE[0]} {SAME}"]
"""Two of them tie for every question."""
PSYCHOTHERAPY = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSYTHPN"}]}]


@pytest.fixture(scope="module")
def ward() -> Iterator[ChartHospital]:
    """One treated patient with notes that tie, and facts."""
    hospital = ChartHospital()
    try:
        notes = [document(f"doc-{n}", f"COURSE:\n{text}", date=f"2024-0{n + 1}-05") for n, text in enumerate(NOTES)]
        results = [observation(f"o-{n}", f"1.{n}0", f"2024-0{n + 1}-01") for n in range(4)]
        hospital.take_in("own.json", *notes, *results, medication("m-1", "Lisinopril", "10 mg once daily"))
        yield hospital
    finally:
        hospital.close()


@dataclass(frozen=True)
class Seen:
    """What one question showed: to the caller of the endpoint, on record, to the model, and to the caller of a chat."""

    found: str
    recorded: str
    sent: bytes
    answered: str


def seen(ward: ChartHospital, question: str) -> Seen:
    """Ask both ways. Only ids that are new for each request, and the time, are taken out."""
    before = len(ward.entries())
    found = ward.search(question)
    assert found.status_code == 200, found.text
    ward.upstream.forget()
    answer = ward.post(question, metadata={"retrieve": "true"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    told = {name: body["phiward"][name] for name in body["phiward"] if name != "interaction"}
    recorded = [(kind, without_times(leaf["facts"])) for kind, _, leaf in ward.entries()[before:]]
    assert [kind for kind, _ in recorded] == ["retrieval", "intent", "outcome"]
    (sent,) = ward.upstream.received
    return Seen(
        found.text.replace(found.json()["phiward"]["interaction"], ""),
        json.dumps(recorded, sort_keys=True),
        sent,
        json.dumps([body["choices"], body["usage"], told], sort_keys=True),
    )


def without_times(facts: dict[str, Any]) -> dict[str, Any]:
    """The trace with its stages, what each did and by which rule; how long it took is nobody's data."""
    kept = {name: value for name, value in facts.items() if name != "milliseconds"}
    return {**kept, "trace": [step[:-1] for step in facts["trace"]]}


def all_seen(ward: ChartHospital) -> list[Seen]:
    """Every question, by endpoint and by chat."""
    return [seen(ward, question) for question in QUESTIONS]


class Others:
    """Everybody else: patients of the same physician, of nobody, and of another organisation, changed by chance."""

    def __init__(self, ward: ChartHospital, seed: int) -> None:
        self.ward, self.chance, self.made = ward, random.Random(seed), 0

    async def change(self) -> None:
        """Some acts, each a file of its own, then the index."""
        organisation = self.chance.choice(["default", "default", "elsewhere"])
        async with self.ward.desk(organisation=organisation) as desk:
            for _ in range(ACTS):
                await self._act(desk)
            await desk.indexer.run(desk.registrar.tenant)
            if self.chance.random() < 0.5:
                await desk.indexer.compact(desk.registrar.tenant)

    async def _act(self, desk: ChartDesk) -> None:
        """A patient with documents and facts like those of the treated one, or changed, or taken back."""
        self.made += 1
        number = self.chance.randint(2, 5)
        who = {"subject": {"reference": f"Patient/pat-{number}"}}
        text = " ".join(
            self.chance.choices([*NOTES, "Zanthoxylum perigee in every line."], k=self.chance.randint(1, 12))
        )
        gone = {"status": "entered-in-error"} if self.chance.random() < 0.3 else {}
        note = document(f"other-{number}-{self.chance.randint(1, 4)}", text, **who, **gone, date="2024-02-05")
        fact = {**observation(f"result-{number}", "9", "2024-12-01"), **who, **gone}
        fact["valueQuantity"] = {"value": self.made, "unit": "mg/dL"}
        drug = {**medication(f"drug-{number}", "Lisinopril", f"{self.made} mg"), **who}
        team = [care_team(f"team-{number}", **who)] if self.chance.random() < 0.7 else []
        name = [{"family": f"Quuxworth{number}", "given": ["Zebulon"]}]
        content = bundle(patient(f"pat-{number}", name=name), *team, note, fact, drug)
        path = write(self.ward.folder / "others", content, f"{self.made}.json")
        await import_path(desk.registrar.writer, desk.registrar.tenant, path)


async def test_what_other_patients_hold_changes_no_byte_of_a_search_a_prompt_or_the_record(ward: ChartHospital) -> None:
    """Added, changed, taken back, with the very same sentences, in this organisation and in another."""
    first = all_seen(ward)
    scores = [one["score"] for one in json.loads(first[0].found)["data"]]
    assert len(scores) > 2
    others, charts = Others(ward, seed=5), set()
    for _ in range(ROUNDS):
        await others.change()
        with ward.superuser() as connection:
            charts.add(connection.execute("SELECT count(*), sum(chunks) FROM segment").fetchone())
        assert all_seen(ward) == first
    assert len(charts) > ROUNDS // 2, "the others did change"


COUNTS = ("documents", "documents_not_shown")


def without_counts(one: Seen) -> Seen:
    """The same, with how many documents there are, and how many are closed, set to nothing."""

    def cleared(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: None if name in COUNTS and not isinstance(inner, list) else cleared(inner)
                for name, inner in value.items()
                if name != "not_available"
            }
        return [cleared(inner) for inner in value] if isinstance(value, list) else value

    texts = [json.dumps(cleared(json.loads(text))) for text in (one.found, one.recorded, one.answered)]
    return Seen(texts[0], texts[1], one.sent, texts[2])


def not_shown(one: Seen) -> int:
    """What the endpoint says is closed."""
    return int(json.loads(one.found)["phiward"]["documents_not_shown"])


def test_what_is_closed_of_the_same_patient_changes_the_count_of_what_is_not_shown_alone(ward: ChartHospital) -> None:
    """Psychotherapy notes with the same sentences, and facts of the class: no statistic is made of them."""
    first = all_seen(ward)
    closed = [
        document(f"closed-{n}", f"COURSE:\n{text} {text}", date=f"2024-1{n}-05", securityLabel=PSYCHOTHERAPY)
        for n, text in enumerate([SAME, PROSE[1], "Zanthoxylum perigee."])
    ]
    label = {"meta": {"security": PSYCHOTHERAPY[0]["coding"]}}
    ward.take_in("closed.json", *closed, {**observation("closed-o", "7.7", "2024-12-24"), **label})
    then = all_seen(ward)
    assert [without_counts(one) for one in then] == [without_counts(one) for one in first]
    assert [not_shown(one) for one in first] == [0] * len(QUESTIONS)
    assert [not_shown(one) for one in then] == [4, 4, 4, 3, 4], (
        "three notes, and the result where results are looked for"
    )
