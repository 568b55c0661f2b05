"""Real clients search a chart and ask it: the openai SDK, LangChain's chat model, and the retriever of our page."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from tests.system.harness import Hospital
from tests.system.upstream import saying

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "retrieval.md"
QUESTION = "What was the latest creatinine?"
INVENTED = "The latest creatinine was 77.31 mg/dL."
MARKED = f"{INVENTED} [unsupported]"


@pytest.fixture
def patient(hospital: Hospital) -> Hospital:
    """The physician's own patient, and a model that invents."""
    hospital.upstream.script = saying("The latest creatinine ", "was 77.31 mg/dL.")
    return hospital


def test_the_openai_sdk_searches_a_chart_like_a_vector_store(hospital: Hospital) -> None:
    """Facts first, then notes by score; filters narrow by date and section."""
    stores = hospital.client(default_headers=hospital.context()).vector_stores
    page = stores.search("chart", query=QUESTION, max_num_results=4)
    results = list(page)
    assert 1 < len(results) <= 4
    assert "Creatinine: " in results[0].content[0].text
    assert [one.score for one in results] == sorted((one.score for one in results), reverse=True)
    notes = [one for one in results if (one.attributes or {})["origin"] == "chart"]
    assert notes
    assert all("written_at" in (one.attributes or {}) for one in notes)
    oldest = min(str((one.attributes or {})["written_at"]) for one in notes)
    after: Any = {"type": "gt", "key": "written_at", "value": oldest}
    later = [
        str((one.attributes or {}).get("written_at", ""))
        for one in stores.search("chart", query=QUESTION, filters=after)
    ]
    assert any(later)
    assert all(at > oldest for at in later if at)
    plans = list(stores.search("chart", query=QUESTION, filters={"type": "eq", "key": "section", "value": "plan"}))
    assert plans
    assert all("plan" in str((one.attributes or {})["section"]).lower() for one in plans)


def told(answer: Any) -> dict[str, Any]:
    """What phiward adds, as the SDK keeps it."""
    return dict((answer.model_extra or {})["phiward"])


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("by_name", [False, True], ids=["by metadata", "by the model's name"])
def test_the_openai_sdk_gets_citations_and_evidence_and_the_mark(
    patient: Hospital, stream: bool, by_name: bool
) -> None:
    """In a stream they stand in the last chunk, after the marked sentence."""
    answer: Any = patient.client(default_headers=patient.context()).chat.completions.create(
        model="stub:chart" if by_name else "stub",
        messages=[{"role": "user", "content": QUESTION}],
        stream=stream,
        extra_body={} if by_name else {"metadata": {"retrieve": "true"}},
    )
    if stream:
        chunks = list(answer)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        note = told(next(chunk for chunk in chunks if "phiward" in (chunk.model_extra or {})))
    else:
        text, note = answer.choices[0].message.content, told(answer)
    assert text == MARKED
    assert note["citations"][0]["origin"] == "facts"
    (evidence,) = note["evidence"]
    assert (evidence["claims"], evidence["coverage"]) == (1, 0.0)
    assert evidence["sentences"][0]["start"] == 0
    assert evidence["sentences"][0]["end"] == len(INVENTED)


@pytest.mark.parametrize(
    "named", [{"model": "stub:chart"}, {"model": "stub", "extra_body": {"metadata": {"retrieve": "true"}}}]
)
def test_langchains_chat_model_asks_the_chart_and_shows_the_mark(patient: Hospital, named: dict[str, Any]) -> None:
    """Whole and streamed; the citations are asked for by the answer's id."""
    chat = ChatOpenAI(
        base_url=patient.url,
        api_key=SecretStr(patient.physician),
        default_headers=patient.context(),
        max_retries=0,
        **named,
    )
    whole = chat.invoke(QUESTION)
    assert whole.content == MARKED
    assert "".join(str(chunk.content) for chunk in chat.stream(QUESTION)) == MARKED
    assert b"Structured facts of the chart" in patient.upstream.received[-1]
    interaction = UUID(str(whole.response_metadata["id"]).removeprefix("chatcmpl-"))
    kept = patient.client().get(f"/interactions/{interaction}/citations", cast_to=dict[str, Any])
    assert {one["state"] for one in kept["data"]} == {"current"}


def test_the_retriever_of_our_page_runs_as_it_is_printed(hospital: Hospital) -> None:
    """Ten lines, taken from the page; LangChain's own `invoke` and `ainvoke` call it."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    scope: dict[str, Any] = {"__name__": "page"}
    exec(compile(code, str(PAGE), "exec"), scope)  # noqa: S102 - our own page
    retriever = scope["ChartRetriever"](gateway=hospital.client(default_headers=hospital.context()))
    found = retriever.invoke("creatinine")
    assert 1 < len(found) <= 8
    assert "Creatinine: " in found[0].page_content
    assert found[0].metadata["origin"] == "facts"
    assert all(UUID(one.id) for one in found)
    record = [facts["facts"] for kind, _, facts in hospital.entries() if kind == "retrieval"][-1]
    assert set(record["documents"]) == {one.id for one in found if one.metadata["origin"] == "chart"}
