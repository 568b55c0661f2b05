"""Reading again what an answer rested on: decided anew by the policies, on record before it is shown.

authenticate → bind the purpose → authorise → (the document, decided again) → **on record** → show. A source that
changed is said to have; one that was withdrawn or closed is not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from phiward.domain.access import DocumentField
from phiward.domain.documents import Document
from phiward.domain.errors import PatientNotFoundError, PhiwardError
from phiward.domain.facts import Fact, FactId
from phiward.domain.passages import Origin, Passage, Retrieved
from phiward.domain.patients import DocumentId
from phiward.domain.people import PurposeOfUse
from phiward.domain.ports import Admission, Chart, Clock, Opened, People
from phiward.domain.shown import OpenedSource, ShownAnswer, ShownSource
from phiward.domain.text import Secret
from phiward.domain.vendors import DestinationClass
from phiward.flow.door import authenticate, authorise, refuse_unknown_patient
from phiward.flow.record import Interaction, Recorder
from phiward.flow.retrieving import FACTS_READ, Right
from phiward.identity.binding import bind_purpose
from phiward.policy.decide import Policy
from phiward.policy.documents import DocumentFacts
from phiward.retrieval.facts import lay_out


@dataclass(frozen=True, slots=True)
class Reading:
    """One per process; everything from outside, as Protocols."""

    people: People
    admission: Admission
    chart: Chart
    policy: Policy
    recorder: Recorder
    clock: Clock

    async def answer(self, interaction: UUID, session: Secret, made: ShownAnswer, purpose: PurposeOfUse) -> None:
        """Return once reading this answer again is allowed and on record.

        Raises PatientNotFoundError, NotPermittedError, AuditUnavailableError.
        """
        one, _ = await self._admitted(interaction, session, made, purpose)
        one.retrieved = Retrieved(tuple(_passage(each) for each in made.sources))
        await self.recorder.retrieval(one)

    async def source(
        self, interaction: UUID, session: Secret, made: ShownAnswer, number: int, purpose: PurposeOfUse
    ) -> OpenedSource:
        """One source around what was cited. Raises as `answer`; PatientNotFoundError where it is closed or gone."""
        cited = next((one for one in made.sources if one.number == number), None)
        if cited is None:
            raise PatientNotFoundError
        one, right = await self._admitted(interaction, session, made, purpose)
        try:
            opened = await self._opened(right, cited)
        except PhiwardError as refusal:
            await self.recorder.refusal(one, refusal)
            raise
        one.retrieved = Retrieved((_passage(cited),))
        await self.recorder.retrieval(one)
        return opened

    async def _admitted(
        self, interaction: UUID, session: Secret, made: ShownAnswer, purpose: PurposeOfUse
    ) -> tuple[Interaction, Right]:
        opened: Opened = await authenticate(self.admission, self.people, session, str(made.patient))
        one = Interaction(interaction, opened.caller, opened.patient)
        try:
            refuse_unknown_patient(one.patient, one.caller, str(made.patient))
            one.purpose = bind_purpose(one.caller, str(purpose))
            right = Right(one.caller, one.patient, opened.standing, one.purpose, DestinationClass.SELF_HOSTED)
            authorise(self.policy, one, right, self.clock())
        except PhiwardError as refusal:
            await self.recorder.refusal(one, refusal)
            raise
        return one, right

    async def _opened(self, right: Right, cited: ShownSource) -> OpenedSource:
        if cited.origin is Origin.CHART:
            return await self._document(right, cited)
        if cited.origin is Origin.FACTS:
            return await self._facts(right, cited)
        return OpenedSource(cited.title, cited.author, cited.written_at, "", cited.text, "")  # a corpus holds no PHI

    async def _document(self, right: Right, cited: ShownSource) -> OpenedSource:
        assert right.patient is not None  # noqa: S101 - narrows the type; `_admitted` refuses
        wanted, session = DocumentId(cited.source), right.caller.session
        found = (await self.chart.documents(session, right.patient.patient, {wanted})).get(wanted)
        if found is None or DocumentField.TEXT not in self._fields(right, [found]):
            raise PatientNotFoundError
        fields = self._fields(right, [found])
        titled = DocumentField.TITLE in fields
        changed = found.version != cited.version
        start, end = (0, 0) if changed else (cited.start, cited.end)
        return OpenedSource(
            found.title if titled else "Document",
            found.author if titled else None,
            found.written_at if DocumentField.DATE in fields else None,
            found.text[:start],
            found.text[start:end],
            found.text[end:],
            changed,
        )

    async def _facts(self, right: Right, cited: ShownSource) -> OpenedSource:
        """The facts of the passage that stand and may be read now."""
        assert right.patient is not None  # noqa: S101 - as above
        session, patient = right.caller.session, right.patient.patient
        labels = list(await self.chart.fact_labels(session, patient))
        keys = [
            DocumentFacts(DocumentId(UUID(int=number)), one.read_as, one.classes) for number, one in enumerate(labels)
        ]
        decided = self._decided(right, keys)
        opened = [one for one, each in zip(labels, decided, strict=True) if DocumentField.TEXT in each]
        stored = await self.chart.facts(session, patient, opened, FACTS_READ) if opened else ()
        standing: Sequence[Fact] = [one for one in stored if one.id in cited.facts]
        if not standing:
            raise PatientNotFoundError
        text = lay_out(standing).text
        return OpenedSource(cited.title, None, None, "", text, "", changed=text != cited.text)

    def _fields(self, right: Right, documents: Sequence[Document]) -> frozenset[DocumentField]:
        facts = [DocumentFacts(one.id, one.kind, one.classes) for one in documents]
        return self._decided(right, facts)[0]

    def _decided(self, right: Right, facts: Sequence[DocumentFacts]) -> list[frozenset[DocumentField]]:
        assert right.patient is not None  # noqa: S101 - as above
        read = self.policy.readable(
            right.caller, right.patient.patient, right.standing, facts, right.purpose, right.destination_class,
            self.clock(),
        )  # fmt: skip
        return [one.fields for one in read]


def _passage(shown: ShownSource) -> Passage:
    """For the record: where it stands, without its words."""
    return Passage(
        *(shown.origin, shown.source, shown.version, shown.start, shown.end, ""),
        title="",
        corpus=shown.corpus,
        facts=tuple(FactId(one) for one in shown.facts),
        fact_versions=shown.fact_versions,
    )
