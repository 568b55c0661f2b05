"""Answers on the running system: what each sentence rests on, what is unsupported, and what becomes of a source."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx2
import pytest

from phiward.clinical.answer import LABEL
from phiward.clinical.gate import LEFT_OUT
from phiward.domain.patients import PatientRef
from phiward.records.decode import SEGMENT_NAME
from phiward.retrieval.segments import unpack
from tests.rooms.records.fhir_files import document
from tests.system.charts import MRN, ChartHospital, medication, observation
from tests.system.upstream import echo, saying

CANARY, VALUE = "Quendrilla", "48213.7719"
STONE = "The invented stone analysis found a struvite core."
WOUND = "The wound on the left heel is dry and closed."
KNEE = "Knee flexion was measured as 104 degrees by the physiotherapist."
CREATININES = (("1.1", "2023-02-01"), ("1.20", "2023-08-01"), ("1.5", "2024-02-01"), ("1.310", "2024-08-01"))


@pytest.fixture(scope="module")
def charted() -> Iterator[ChartHospital]:
    """Three notes, four results and a prescription."""
    hospital = ChartHospital()
    try:
        hospital.take_in(
            "chart.json",
            document("doc-stone", f"ANALYSIS:\n{STONE}", date="2024-01-05T10:00:00Z"),
            document("doc-wound", f"EXAMINATION:\n{WOUND} {CANARY} ointment was applied.", date="2024-02-05T10:00:00Z"),
            document("doc-knee", f"THERAPY:\n{KNEE}", date="2024-03-05T10:00:00Z"),
            medication("m-1", "Lisinopril", "10 mg once daily"),
            *(observation(f"o-{day}", value, day) for value, day in CREATININES),
        )
        yield hospital
    finally:
        hospital.close()


@pytest.fixture
def hospital(charted: ChartHospital) -> ChartHospital:
    """With the upstream as it was."""
    charted.upstream.script = echo
    charted.upstream.forget()
    return charted


@pytest.fixture(scope="module")
def built_in(charted: ChartHospital) -> Iterator[str]:
    """The built-in model, served in a process of its own, as a destination; its public name."""
    ready = charted.folder / "model.json"
    words = ["phiward", "model", "--port", "0", "--ready-file", str(ready)]
    with open(os.devnull, "wb") as nothing:
        model = subprocess.Popen([sys.executable, "-m", *words], env=charted.environment, stdout=nothing)
    try:
        limit = time.monotonic() + 30
        while not ready.exists():
            assert model.poll() is None
            assert time.monotonic() < limit
            time.sleep(0.05)
        where = ("--endpoint", json.loads(ready.read_text())["url"], "--model", "quoting=phiward-extractive")
        charted.command("vendor", "add", "quoting", "--vendor", "us", "--service", "chat", *where, "--self-hosted")
        yield "quoting"
    finally:
        model.terminate()
        model.wait(10)


def asked(hospital: ChartHospital, question: str, model: str = "stub") -> dict[str, Any]:
    """A whole answer from the chart."""
    answer = hospital.post(question, model=model, metadata={"retrieve": "true"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def text_of(answer: dict[str, Any]) -> str:
    """What was answered."""
    return str(answer["choices"][0]["message"]["content"])


def passages_of(hospital: ChartHospital, question: str) -> dict[str, tuple[int, str]]:
    """By source: where its passage starts, and what it says; from the endpoint, by the same question."""
    found = hospital.search(question).json()["data"]
    return {one["file_id"]: (one["attributes"]["start"], one["content"][0]["text"]) for one in found}


QUESTIONS = [
    pytest.param("What was the knee flexion?", [KNEE], id="from a note"),
    pytest.param("What did the stone analysis find?", [STONE], id="from another note"),
    pytest.param(
        "What were the last three creatinines?",
        [
            "2023-08-01 Creatinine: 1.20 mg/dL (final)",
            "2024-02-01 Creatinine: 1.5 mg/dL (final)",
            "2024-08-01 Creatinine: 1.310 mg/dL (final)",
        ],
        id="a trend, from the facts as they were written",
    ),
]


@pytest.mark.parametrize(("question", "said"), QUESTIONS)
def test_every_sentence_of_a_real_answer_names_its_passage_and_quotes_it_by_offset(
    hospital: ChartHospital, built_in: str, question: str, said: list[str]
) -> None:
    """The built-in model, served; quotations are found in the source at the offsets that are told."""
    answer = asked(hospital, question, built_in)
    told, (evidence,) = answer["phiward"], answer["phiward"]["evidence"]
    claims = [one for one in evidence["sentences"] if one["kind"] == "claim"]
    sources = {one["number"]: one["source"] for one in told["citations"]}
    passages = passages_of(hospital, question)
    quoted = []
    for one in claims:
        assert one["supported"]
        assert one["citations"]
        (quote,) = one["quotes"]
        start, text = passages[sources[quote["citation"]]]
        quoted.append(text[quote["start"] - start : quote["end"] - start])
        assert quoted[-1] in text_of(answer)[one["start"] : one["end"]]
    assert quoted == said
    assert (evidence["claims"], evidence["coverage"]) == (len(said), 1.0)
    assert told["label"] == LABEL
    assert evidence["confidence"]["band"] == "not calibrated"


def test_an_invented_number_is_marked_and_lowers_the_coverage(hospital: ChartHospital) -> None:
    """It names a note, and the note says another number."""
    hospital.upstream.script = saying(f"{KNEE} [note 3] ", "Knee flexion was measured as 97 degrees [note 3].")
    answer = asked(hospital, "What was the knee flexion?")
    (evidence,) = answer["phiward"]["evidence"]
    first, second = evidence["sentences"]
    assert text_of(answer) == f"{KNEE} [note 3] Knee flexion was measured as 97 degrees [note 3]. [unsupported]"
    assert (first["supported"], first["missing"]) == (True, [])
    assert (second["supported"], second["missing"]) == (False, ["number"])
    assert (evidence["claims"], evidence["supported"], evidence["coverage"]) == (2, 1, 0.5)
    outcome = [facts for kind, _, facts in hospital.entries() if kind == "outcome"][-1]
    assert outcome["facts"]["evidence"] == {"claims": 2, "supported": 1, "left_out": 0}


def test_the_model_reads_values_as_they_were_written(hospital: ChartHospital) -> None:
    """ "1.20" stays "1.20" on its way from the file into the prompt."""
    asked(hospital, "What were the last three creatinines?")
    sent = hospital.upstream.received[0].decode()
    values = [sent.index(f"Creatinine: {value} mg/dL") for value in ("1.20", "1.5", "1.310")]
    assert values == sorted(values)
    assert "1.1 mg/dL" not in sent


def test_the_rule_to_drop_leaves_the_unsupported_sentence_out(hospital: ChartHospital) -> None:
    """PHIWARD_UNSUPPORTED=drop; a note stands where it was."""
    hospital.upstream.script = saying(f"{KNEE} [note 3] ", "Knee flexion was measured as 97 degrees [note 3].")
    hospital.stop()
    hospital.environment["PHIWARD_UNSUPPORTED"] = "drop"
    try:
        hospital.start()
        answer = asked(hospital, "What was the knee flexion?")
    finally:
        hospital.stop()
        del hospital.environment["PHIWARD_UNSUPPORTED"]
        hospital.start()
    assert text_of(answer) == f"{KNEE} [note 3] {LEFT_OUT}"
    assert answer["phiward"]["evidence"][0]["coverage"] == 0.5


async def documents_in_segments(hospital: ChartHospital) -> set[str]:
    """Ids of all documents of which any chunk is kept, opened with the keys."""
    async with hospital.desk() as desk:
        with hospital.superuser() as connection:
            rows = connection.execute("SELECT id, tenant, patient, sealed FROM segment").fetchall()
        opened = [
            unpack(desk.registrar.vault.open(tenant, PatientRef(patient), key, SEGMENT_NAME, bytes(sealed)))
            for key, tenant, patient, sealed in rows
        ]
    return {str(UUID(bytes=one)) for segment in opened for one in segment.documents}


async def test_a_deleted_document_is_found_no_more_and_its_citation_reads_withdrawn(hospital: ChartHospital) -> None:
    """While the gateway keeps running; a changed one reads changed, and the rest stays current."""
    hospital.take_in(
        "more.json",
        document("doc-gone", "HEARING:\nThe invented audiogram was normal in both ears.", date="2024-05-01T10:00:00Z"),
        document("doc-new", "HEARING:\nThe invented tuning fork test was equivocal.", date="2024-06-01T10:00:00Z"),
    )
    answer = asked(hospital, "What did the audiogram and the tuning fork test show?")
    titles = {one["written_at"][:10]: one["source"] for one in answer["phiward"]["citations"]}
    interaction, gone = answer["phiward"]["interaction"], titles["2024-05-01"]
    assert set(hospital.states(interaction).values()) == {"current"}
    assert gone in await documents_in_segments(hospital)

    hospital.command("document", "delete", gone, "--reason", "entered_in_error")
    assert not [text for text in hospital.texts("audiogram tuning fork") if "audiogram" in text]
    assert gone not in await documents_in_segments(hospital)
    changed = document("doc-new", "HEARING:\nThe invented tuning fork test was repeated.", date="2024-06-01T10:00:00Z")
    hospital.take_in("changed.json", changed)

    found = hospital.texts("audiogram tuning fork")
    assert not [text for text in found if "equivocal" in text]
    assert [text for text in found if "repeated" in text]
    states = hospital.states(interaction)
    assert (states.pop(gone), states.pop(titles["2024-06-01"])) == ("withdrawn", "changed")
    assert set(states.values()) == {"current"}
    assert gone not in json.dumps(hospital.command("document", "list", MRN))


async def test_each_fact_of_an_answer_is_followed_by_itself(hospital: ChartHospital) -> None:
    """The answer showed three results; then one of them is corrected, and another one taken back."""
    days = ("2024-04-01", "2024-05-01", "2024-06-01")
    results = [observation(f"ferritin-{n}", f"{n}0", day, "Ferritin", "ng/mL") for n, day in enumerate(days, 1)]
    hospital.take_in("ferritin.json", *results)
    answer = asked(hospital, "last three ferritins")
    (kept,) = [one["facts"] for one in answer["phiward"]["citations"] if one["origin"] == "facts"]
    assert len(kept) == 3
    corrected = observation("ferritin-3", "31", days[2], "Ferritin", "ng/mL")
    hospital.take_in("corrected.json", corrected, {**results[1], "status": "entered-in-error"})
    states = hospital.states(answer["phiward"]["interaction"])
    assert [states[one] for one in kept] == ["current", "withdrawn", "changed"]


def with_canary(hospital: ChartHospital) -> list[httpx2.Response]:
    """Every way in which a word of a chart, or of a question, could come back in an error of retrieval."""
    key = {"authorization": f"Bearer {hospital.physician}"}
    name = {"type": "eq", "key": "section", "value": CANARY}
    bodies: list[dict[str, Any]] = [
        {"query": CANARY, "filters": {**name, "key": CANARY}},
        {"query": CANARY, "filters": {**name, "type": "gte"}},
        {"query": CANARY, "filters": {**name, "type": "gte", "key": "written_at"}},
        {"query": CANARY, "filters": {"type": "or", "filters": [name]}},
        {"query": [CANARY, CANARY]},
        {"query": CANARY, "max_num_results": CANARY},
        {"query": CANARY, CANARY: 1},
    ]
    url = f"{hospital.url}/vector_stores"
    context = {**key, **hospital.context()}
    given = [httpx2.post(f"{url}/chart/search", json=body, headers=context) for body in bodies]
    given += [
        httpx2.post(f"{url}/{CANARY}/search", json={"query": CANARY}, headers=context),
        httpx2.post(f"{url}/chart/search", json={"query": CANARY}, headers={**key, **hospital.context(CANARY)}),
        httpx2.get(f"{hospital.url}/interactions/{CANARY}/citations", headers=key),
    ]
    for metadata in ({"since": CANARY}, {"until": CANARY}, {"passages": CANARY}, {"corpora": CANARY}):
        given.append(hospital.post(CANARY, metadata={"retrieve": "true", **metadata}))
    return given


def test_no_word_or_value_of_a_chart_appears_in_a_log_a_metric_an_error_or_the_record(hospital: ChartHospital) -> None:
    """It is found, so it is there; everything that is not the answer is searched."""
    hospital.take_in("canary.json", observation("o-canary", VALUE, "2024-09-01", "Zorbitol level"))
    assert CANARY in json.dumps(hospital.texts(f"{CANARY} ointment"))
    assert VALUE in json.dumps(hospital.texts("latest Zorbitol level"))
    asked(hospital, "latest Zorbitol level")
    assert VALUE in hospital.upstream.received[0].decode()
    refused = with_canary(hospital)
    assert {one.status_code for one in refused} <= {400, 404}
    broken = hospital.folder / "records" / "broken.json"
    broken.write_text(json.dumps({"resourceType": "Patient", "id": CANARY, "name": CANARY}))
    commands = [
        run(hospital, "document", "list", CANARY),
        run(hospital, "import", str(broken)),
        run(hospital, "index"),
        run(hospital, "document", "list", MRN),
    ]
    metrics = httpx2.get(hospital.url.removesuffix("/v1") + "/metrics").text
    record = json.dumps(hospital.entries())
    places = [hospital.log.read_text(), metrics, record, *commands]
    places += [one.text + str(one.headers) for one in refused]
    assert all(places)
    for word in (CANARY, VALUE, "struvite", "ointment"):
        assert not [place for place in places if word.casefold() in place.casefold()], word


def run(hospital: ChartHospital, *words: str) -> str:
    """What a command says on both outputs."""
    done = subprocess.run(
        [sys.executable, "-m", "phiward", *words],
        env=hospital.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr
