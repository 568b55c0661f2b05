"""What an answer rests on, as the caller reads it."""

import json
from typing import Any

import pytest

from phiward.clinical.answer import LABEL
from phiward.domain.chat import Finished, TextDelta
from phiward.domain.passages import Retrieved
from phiward.gateway.evidence_response import not_available
from tests.flow.charts import document
from tests.flow.test_journey import MARGARET, House
from tests.gateway.test_app import HEADERS, body, client

QUESTION = body(metadata={"retrieve": "true"})


def ask(house: House, answer: str, **more: Any) -> Any:
    """The `phiward` object of one answer to a question with retrieval, and the text."""
    house.client.answer = (TextDelta(0, answer), Finished(0, "stop"))
    told = client(house).post("/v1/chat/completions", json={**QUESTION, **more}, headers=HEADERS).json()
    return told["phiward"], told["choices"][0]["message"]["content"]


@pytest.fixture
def house() -> House:
    """Margaret's chart holds one sentence."""
    house = House()
    house.chart.documents_held = [document(MARGARET.patient, "Potassium was 4.1 mmol/L on the dose.")]
    return house


def test_a_number_that_no_source_holds_is_marked_and_counted(house: House) -> None:
    """In the text, where every client shows it, and in the evidence."""
    told, text = ask(house, "Potassium was 5.9 mmol/L. [note 1]")
    assert text.rstrip().endswith("[unsupported]")
    (evidence,) = told["evidence"]
    assert (evidence["claims"], evidence["supported"], evidence["coverage"]) == (1, 0, 0.0)
    assert "number" in evidence["sentences"][0]["missing"]


def test_a_supported_sentence_names_its_passage_and_the_passage_its_place(house: House) -> None:
    """So that it can be opened at the very words."""
    told, text = ask(house, "Potassium was 4.1 mmol/L. [note 1]")
    assert text == "Potassium was 4.1 mmol/L. [note 1]"
    (evidence,), (citation,) = told["evidence"], told["citations"]
    assert evidence["coverage"] == 1.0
    assert (evidence["sentences"][0]["citations"], citation["number"], citation["cited"]) == ([1], 1, True)
    assert citation["source"] == told["documents"][0]
    assert (citation["start"], citation["end"]) == (0, 37)


def test_every_answer_carries_its_label_and_never_a_percentage_of_the_models_own(house: House) -> None:
    """Not calibrated here: said so."""
    told, _ = ask(house, "Potassium was 4.1 mmol/L. [note 1]")
    assert told["label"] == LABEL == "AI-generated suggestion: clinical judgment required"
    assert told["evidence"][0]["confidence"] == {
        "band": "not calibrated",
        "expected_accuracy": None,
        "calibration_error": None,
        "calibrated_on": 0,
        "calibrated_at": None,
    }


def test_without_retrieval_nothing_is_said_of_evidence(house: House) -> None:
    """There is none to speak of; the label stands."""
    told, text = ask(house, "It was 5.9.", metadata={})
    assert text == "It was 5.9."
    assert "evidence" not in told
    assert told["label"] == LABEL


def test_a_streamed_answer_is_the_same_sentence_by_sentence(house: House) -> None:
    """The same bytes and the same evidence as whole."""
    pieces = ("Potas", "sium was 4.1 mmol", "/L. [note 1]\nSodium was 1", "40. [note 1]")
    house.client.answer = (*(TextDelta(0, one) for one in pieces), Finished(0, "stop"))
    streamed = client(house).post("/v1/chat/completions", json={**QUESTION, "stream": True}, headers=HEADERS).text
    chunks = [json.loads(line[6:]) for line in streamed.split("\n\n") if line.startswith("data: {")]
    text = "".join(one["choices"][0]["delta"].get("content", "") for one in chunks if one["choices"])
    told, whole = ask(house, "".join(pieces))
    assert text == whole
    assert next(one["phiward"] for one in chunks if "phiward" in one)["evidence"] == told["evidence"]


def test_what_was_not_available_is_said_in_fixed_sentences() -> None:
    """With counts, and nothing of what it was."""
    found = Retrieved((), 9, 2, 3, 1, 4, by_meaning=False)
    said = " ".join(not_available(found))
    for part in (
        "2 documents or facts",
        "1 documents wait",
        "3 documents are not",
        "4 passages",
        "words only",
        "Nothing",
    ):
        assert part in said
    assert not_available(Retrieved((), by_meaning=True)) == ("Nothing was found that answers the question.",)
