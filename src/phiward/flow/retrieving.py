"""Retrieval within the grant: authorised first, then searched, then decided again, document by document.

What is found is a function of the granted documents and the question alone (promise 3): the chart is read through
row-level security, the policies close documents before any statistic is made of them, and no other patient's chart is
looked at. A corpus holds no PHI, and the vector with which it is asked is made of the question after the Safe Harbor
transformation: its engine never learns whom the question is about.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from phiward.deid.deidentifier import Deidentifier
from phiward.domain.access import DocumentField, Standing
from phiward.domain.chart import ChartContents
from phiward.domain.documents import Document, DocumentHead
from phiward.domain.facts import Fact, FactKind
from phiward.domain.passages import Origin, Passage, RetrievalAsk, Retrieved
from phiward.domain.patients import DocumentId, KnownPatient
from phiward.domain.people import Caller, PurposeOfUse
from phiward.domain.ports import Chart, Clock
from phiward.domain.trust import Trust, least_trusted
from phiward.domain.vendors import DestinationClass
from phiward.policy.decide import Policy
from phiward.policy.documents import DocumentFacts
from phiward.retrieval.facts import about, asks, lay_out
from phiward.retrieval.layout import fit
from phiward.retrieval.neighbours import join
from phiward.retrieval.ports import CorpusEngine, Embedder, EmbeddingScope, Vectors, index_model
from phiward.retrieval.search import Hit, Question, search
from phiward.retrieval.segments import unpack
from phiward.retrieval.terms import terms

FACTS_READ = 300
"""Of each label, the newest, where a question is answered from facts."""
FACTS_SHOWN = 40
ASKED_BY_NAME = frozenset({FactKind.PROBLEM, FactKind.MEDICATION, FactKind.ALLERGY, FactKind.RESULT, FactKind.VITAL})
"""Kinds that are looked through for words of a question that names no kind."""
INLINE_CHUNKS = 2_000
"""A chart with more chunks than this is searched in a thread, so that other requests are not held up."""

Fields = Collection[DocumentField]


@dataclass(frozen=True, slots=True)
class Right:
    """By what right this question may be answered: who asks, about whom, why, and who will read it."""

    caller: Caller
    patient: KnownPatient | None
    standing: Standing
    purpose: PurposeOfUse
    destination_class: DestinationClass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Most passages, and most characters of them as `layout` sets them out."""

    passages: int
    characters: int


class Retriever:
    """One per process; holds no state of a request."""

    def __init__(
        self,
        chart: Chart,
        embedder: Embedder,
        corpora: CorpusEngine,
        policy: Policy,
        deidentifier: Deidentifier,
        clock: Clock,
        bounds: Bounds,
    ) -> None:
        """`bounds` hold for every question; one may ask for less."""
        self._chart, self._embedder, self._corpora, self._policy = chart, embedder, corpora, policy
        self._deidentifier, self._clock, self._bounds = deidentifier, clock, bounds

    async def find(self, right: Right, question: str, ask: RetrievalAsk) -> Retrieved:
        """The passages that answer `question`, within the bounds, the best first.

        Raises StorageError, VaultError, and what the embedder raises: a search that cannot be made is no empty one.
        """
        limit = min(ask.limit or self._bounds.passages, self._bounds.passages)
        found = await self._in_chart(right, question, ask, limit) if ask.chart and right.patient else Retrieved()
        corpus = await self._in_corpora(right, question, ask.corpora, limit)
        offered = _alternating(found.passages, corpus)
        passages = tuple(fit(offered, limit, self._bounds.characters))
        return replace(found, passages=passages, left_out=len(offered) - len(passages))

    async def _in_chart(self, right: Right, question: str, ask: RetrievalAsk, limit: int) -> Retrieved:
        assert right.patient is not None  # noqa: S101 - narrows the type; `find` asks
        session, patient = right.caller.session, right.patient.patient
        contents = await self._chart.contents(session, patient)
        fields = self._fields(right, [DocumentFacts(one.id, one.kind, one.classes) for one in contents.heads])
        readable = {one.id: one for one in contents.heads if DocumentField.TEXT in fields.get(one.id, ())}
        vector = await self._vector(right, question, contents)
        hits = await _search(contents, _live(readable, ask), question, vector, index_model(self._embedder), ask, limit)
        documents = await self._chart.documents(session, patient, {DocumentId(hit.document) for hit in hits})
        facts, closed = await self._facts(right, question, ask)
        passages = [
            _passage(hit, document, fields[document.id])
            for hit in hits
            if (document := documents.get(DocumentId(hit.document))) is not None and document.version == hit.version
        ]
        return Retrieved(
            (*facts, *passages),
            documents=len(contents.heads),
            not_shown=len(contents.heads) - len(readable) + closed,
            not_indexed=sum(1 for one in readable.values() if not one.indexed),
            held_back=contents.held_back,
            by_meaning=vector is not None or not contents.segments,
        )

    async def _vector(self, right: Right, question: str, contents: ChartContents) -> Vectors | None:
        """None where there is nothing to compare it with."""
        if not any(one.model == index_model(self._embedder) for one in contents.segments):
            return None
        scope = EmbeddingScope(right.caller.tenant, right.patient, (), right.caller)
        vectors: Vectors = (await self._embedder.embed(scope, [question]))[0]
        return vectors

    async def _facts(self, right: Right, question: str, ask: RetrievalAsk) -> tuple[list[Passage], int]:
        """Facts that the question asks for, laid out as one passage; and how many of their kinds the policies close.

        What is closed is never opened: it takes no place among the newest.
        """
        asked = asks(question, self._clock())
        if not asked.kinds or right.patient is None or ask.section:
            return [], 0
        session, patient = right.caller.session, right.patient.patient
        kinds = asked.kinds if asked.listed or asked.is_about_time else asked.kinds & ASKED_BY_NAME
        counted = await self._chart.fact_labels(session, patient)
        held = {label: count for label, count in counted.items() if label.kind in kinds}
        keys = {DocumentId(UUID(int=number)): label for number, label in enumerate(held)}
        fields = self._fields(right, [DocumentFacts(key, one.read_as, one.classes) for key, one in keys.items()])
        opened = [label for key, label in keys.items() if DocumentField.TEXT in fields.get(key, ())]
        stored = await self._chart.facts(session, patient, opened, FACTS_READ) if opened else ()
        dated = [one for one in stored if _within(one.saying.effective_at, ask)]
        shown = about(question, dated, now=self._clock(), limit=FACTS_SHOWN)
        closed = sum(count for label, count in held.items() if label not in opened)
        return ([_fact_passage(shown)] if shown else []), closed

    def _fields(self, right: Right, facts: Sequence[DocumentFacts]) -> Mapping[UUID, Fields]:
        """Each document is decided again before it may enter a prompt, and what of it (45 CFR 164.502(b))."""
        if right.patient is None or not facts:
            return {}
        decided = self._policy.readable(
            right.caller,
            right.patient.patient,
            right.standing,
            facts,
            right.purpose,
            right.destination_class,
            self._clock(),
        )
        return {each.id: each.fields for each in decided}

    async def _in_corpora(self, right: Right, question: str, corpora: Sequence[str], limit: int) -> list[Passage]:
        if not corpora:
            return []
        hidden = self._deidentifier.conversation(right.patient, self._clock().date()).hide(question)
        scope = EmbeddingScope(right.caller.tenant, None, (), right.caller)
        vector = (await self._embedder.embed(scope, [hidden]))[0]
        found = []
        for corpus in corpora:
            hits = await self._corpora.search(right.caller.tenant, corpus, self._embedder.model, vector, limit)
            found += [
                Passage(
                    *(Origin.CORPUS, hit.passage.document, 1, hit.passage.start, hit.passage.end, hit.passage.text),
                    title=hit.passage.title,
                    section=hit.passage.section,
                    score=hit.score,
                    corpus=corpus,
                    trust=Trust.STAFF,  # whoever took it into the corpus is on record
                )
                for hit in hits
            ]
        return found


def _alternating(chart: Sequence[Passage], corpus: Sequence[Passage]) -> list[Passage]:
    """Each list the best first; their scores do not compare, so that neither crowds the other out."""
    pairs = zip_longest(chart, corpus)
    return [one for pair in pairs for one in pair if one is not None]


def _within(written_at: datetime | None, ask: RetrievalAsk) -> bool:
    if written_at is None:
        return ask.since is None and ask.until is None
    return (ask.since is None or ask.since <= written_at) and (ask.until is None or written_at < ask.until)


def _live(readable: Mapping[DocumentId, DocumentHead], ask: RetrievalAsk) -> dict[UUID, int]:
    return {one.id: one.version for one in readable.values() if one.indexed and _within(one.written_at, ask)}


async def _search(
    contents: ChartContents,
    live: Mapping[UUID, int],
    question: str,
    vector: Vectors | None,
    model: str,
    ask: RetrievalAsk,
    limit: int,
) -> list[Hit]:
    def work() -> list[Hit]:
        segments = [unpack(one.data) for one in contents.segments]
        asked = Question(terms(question), vector, model)
        return join(search(segments, live, asked, limit=limit, section=ask.section))

    large = sum(len(one.data) for one in contents.segments) > INLINE_CHUNKS * 2_000
    return await asyncio.to_thread(work) if large else work()


def _passage(hit: Hit, document: Document, fields: Fields) -> Passage:
    """What the policies close of a document besides its text stays out of the heading."""
    titled, dated = DocumentField.TITLE in fields, DocumentField.DATE in fields
    return Passage(
        *(Origin.CHART, document.id, document.version, hit.start, hit.end, document.text[hit.start : hit.end]),
        title=document.title if titled else "Document",
        section=hit.section,
        author=document.author if titled else None,
        written_at=document.written_at if dated else None,
        score=hit.score,
        format=document.source,
        trust=document.trust,
        kinds=frozenset([document.kind]),
        classes=document.classes,
    )


def _fact_passage(facts: Sequence[Fact]) -> Passage:
    laid = lay_out(facts)
    ids = tuple(line.fact for line in laid.lines)
    known = {fact.id: fact.version for fact in facts}
    versions = tuple(known[key] for key in ids)
    return Passage(
        *(Origin.FACTS, ids[0], versions[0], 0, len(laid.text), laid.text),
        title="Structured facts of the chart",
        score=1.0,
        facts=ids,
        fact_versions=versions,
        trust=least_trusted(fact.trust for fact in facts),  # one line of somebody else's makes all of it his
        kinds=frozenset(fact.saying.read_as for fact in facts),
        classes=frozenset().union(*(fact.saying.classes for fact in facts)),
    )
