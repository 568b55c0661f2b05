"""An answer of the flow as its reader sees it. Pure: the same answer gives the same page."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from phiward.clinical.answer import LABEL
from phiward.clinical.calibration import BandName
from phiward.clinical.evidence import SentenceEvidence
from phiward.clinical.marks import read_marks, without_marks
from phiward.domain.passages import Passage
from phiward.domain.people import PurposeOfUse
from phiward.domain.placeholders import PATTERN
from phiward.domain.shown import NotUsed, SaidSentence, SentPiece, ShownAnswer, ShownSource
from phiward.flow.journey import Answer
from phiward.retrieval.layout import context_text

_NOTE: Final = re.compile(r"(?m)^(?=\[note \d{1,4}\] )")
_BULLET: Final = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_MARK_OF_SESSION: Final = "(a mark of this session)"


def sentence(text: str, found: SentenceEvidence, passages: int) -> SaidSentence:
    """One sentence of the released text, without the marks that name its sources."""
    said = text[found.start : found.end]
    plain = " ".join(without_marks(said, read_marks(said, passages)).split())
    plain = re.sub(r"\s+([.,;:])", r"\1", _BULLET.sub("", plain))
    missing = tuple(str(one) for one in found.missing)
    return SaidSentence(plain, str(found.kind), found.supported, found.passages, missing)


def show(answer: Answer, text: str, asked_at: datetime) -> ShownAnswer:
    """`text` is everything that was released of the first choice; the outcome is on record."""
    one, passages = answer.interaction, answer.interaction.retrieved.passages
    said = tuple(sentence(text, found, len(passages)) for found in answer.inbound.sentences.get(0, ()))
    cited = {number for each in said for number in each.sources}
    question = one.asked.messages[-1].content or ""
    route = one.route
    return ShownAnswer(
        interaction=one.id,
        patient=one.subject or one.id,
        question=question,
        asked_at=asked_at,
        purpose=one.purpose or PurposeOfUse.TREAT,
        model=one.asked.model,
        vendor=route.destination.vendor if route else "",
        self_hosted=bool(route and route.destination.self_hosted),
        label=LABEL,
        sentences=said,
        sources=tuple(_source(number, each, number in cited) for number, each in enumerate(passages, 1)),
        sent=_sent(answer, question),
        replaced=sum(one.outbound.counts.values()) if one.outbound else 0,
        not_used=_not_used(answer),
        **_calibrated(answer),
    )


def _calibrated(answer: Answer) -> dict[str, Any]:
    made = answer.clinical().get(0)
    if made is None or made.confidence.band is BandName.NOT_CALIBRATED:
        return {}
    sure = made.confidence
    return {
        "calibrated": f"{round(100 * (sure.expected_accuracy or 0))} of 100 answers with this coverage were right",
        "calibrated_on": sure.made_on,
    }


def _source(number: int, passage: Passage, cited: bool) -> ShownSource:
    return ShownSource(
        number,
        passage.origin,
        passage.source,
        passage.version,
        passage.start,
        passage.end,
        cited,
        passage.text,
        passage.title,
        passage.section,
        passage.author,
        passage.written_at,
        passage.corpus,
        tuple(passage.facts),
        tuple(passage.fact_versions),
    )


def _not_used(answer: Answer) -> NotUsed:
    found, counts = answer.interaction.retrieved, answer.inbound.counts
    return NotUsed(
        found.not_shown,
        found.held_back,
        found.not_indexed,
        found.left_out,
        found.by_meaning,
        counts.withheld,
        counts.masked,
        answer.inbound.inert,
    )


def _sent(answer: Answer, question: str) -> tuple[SentPiece, ...]:
    """The very body that left, piece by piece: the question, each note, and our own instructions."""
    one = answer.interaction
    if one.outbound is None:
        return ()
    messages = json.loads(one.outbound.body.value)["messages"]
    system = "\n".join(each["content"] for each in messages if each["role"] == "system")
    if one.labels.canary:
        system = system.replace(one.labels.canary, _MARK_OF_SESSION)
    asked = next((each["content"] for each in reversed(messages) if each["role"] == "user"), "")
    instructions, *notes = _NOTE.split(system)
    seen = _NOTE.split(context_text(one.retrieved.passages))
    pieces = [SentPiece("Your question", question, asked)]
    if len(seen) - 1 == len(notes):
        named = zip(seen[1:], notes, strict=True)
        pieces += [SentPiece(f"Excerpt {number}", *each) for number, each in enumerate(named, 1)]
    else:
        pieces.append(SentPiece("Excerpts", "".join(seen), "".join(notes)))
    if instructions.strip():
        pieces.append(SentPiece("Our instructions", "", instructions))
    return tuple(SentPiece(each.what, each.seen.strip(), each.sent.strip()) for each in pieces)


Cut = Sequence[tuple[bool, str]]
"""A text in pieces; True for those that were replaced, or stand for what was."""


def pieces_of(text: str) -> Cut:
    """What was sent, cut at its placeholders."""
    cut: list[tuple[bool, str]] = []
    place = 0
    for found in PATTERN.finditer(text):
        cut += [(False, text[place : found.start()]), (True, found[0])]
        place = found.end()
    return [piece for piece in (*cut, (False, text[place:])) if piece[1]]


def replaced_of(piece: SentPiece) -> Cut:
    """What is seen, cut where it was replaced: between the words that both texts share. In one piece if they differ."""
    cut: list[tuple[bool, str]] = []
    place, replaced = 0, False
    for is_placeholder, text in pieces_of(piece.sent):
        if is_placeholder:
            replaced = True
            continue
        at = piece.seen.find(text, place) if replaced else place if piece.seen.startswith(text, place) else -1
        if at < 0:
            return [(False, piece.seen)]
        cut += [(True, piece.seen[place:at]), (False, text)]
        place, replaced = at + len(text), False
    return [one for one in (*cut, (replaced, piece.seen[place:])) if one[1]]
