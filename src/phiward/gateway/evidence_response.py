"""What an answer rests on, rendered under `phiward`: citations, evidence for each sentence, what was not available.

All offsets are code points, ends exclusive: those of sentences run over the released text of their choice, those of
citations and quotations over the source. Source of what is shown: FDA, Clinical Decision Support Software (2026).
"""

from typing import Any

from phiward.clinical.answer import ClinicalAnswer
from phiward.clinical.evidence import SentenceEvidence
from phiward.domain.passages import Retrieved
from phiward.flow.journey import Answer
from phiward.gateway.search_response import passage_head


def evidence_note(answer: Answer) -> dict[str, Any]:
    """Empty of citations where nothing was retrieved."""
    found, asked = answer.interaction.retrieved, answer.interaction.asked.retrieval
    documents = list(dict.fromkeys(str(one.source) for one in found.passages if one.origin == "chart"))
    note = {"documents": documents, "documents_not_shown": found.not_shown}
    if asked is None:
        return note
    summaries = answer.clinical()
    cited = {number for made in summaries.values() for one in made.sentences for number in one.passages}
    return {
        **note,
        "citations": [
            {"number": number, "cited": number in cited, **passage_head(one)}
            for number, one in enumerate(found.passages, 1)
        ],
        "evidence": [{"index": choice, **_evidence(made)} for choice, made in sorted(summaries.items())],
        "not_available": list(not_available(found)),
    }


def not_available(found: Retrieved) -> tuple[str, ...]:
    """Fixed sentences with counts: what this answer could not take into account."""
    told = (
        (found.not_shown, "documents or facts are closed to you by policy for this purpose"),
        (found.held_back, "documents wait for a decision, because they may be another patient's"),
        (found.not_indexed, "documents are not searchable yet"),
        (found.left_out, "passages that were found had no room"),
    )
    said = [f"{count} {words}." for count, words in told if count]
    if not found.by_meaning:
        said.append("The chart was searched by words only: its vectors are of another embedding model.")
    if not found.passages:
        said.append("Nothing was found that answers the question.")
    return tuple(said)


def _evidence(made: ClinicalAnswer) -> dict[str, Any]:
    sure = made.confidence
    return {
        "claims": made.claims,
        "supported": made.supported,
        "coverage": None if made.coverage is None else round(made.coverage, 4),
        "confidence": {
            "band": sure.band,
            "expected_accuracy": sure.expected_accuracy,
            "calibration_error": sure.ece,
            "calibrated_on": sure.n,
            "calibrated_at": sure.made_on.isoformat() if sure.made_on else None,
        },
        "sentences": [_sentence(one) for one in made.sentences],
    }


def _sentence(one: SentenceEvidence) -> dict[str, Any]:
    return {
        "start": one.start,
        "end": one.end,
        "kind": one.kind,
        "citations": list(one.passages),
        "named_by": one.named_by,
        "supported": one.supported,
        "missing": list(one.missing),
        "quotes": [{"citation": quote.passage, "start": quote.start, "end": quote.end} for quote in one.quotes],
    }
