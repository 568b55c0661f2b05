"""Retrieval for an application that builds its own prompt: the same door, the same rules, on record before release.

authenticate → bind the purpose → authorise → retrieve within the grant → **on record** → release. What is released goes
to the application of the person who asked, within the house, so the policies decide as for a destination of its own.
"""

from collections.abc import Sequence
from uuid import UUID

from phiward.domain.audit import Circumstances
from phiward.domain.chart import StandingCitation
from phiward.domain.errors import InvalidRequestError, PhiwardError
from phiward.domain.passages import RetrievalAsk
from phiward.domain.ports import Admission, Chart, Clock, Opened, People
from phiward.domain.text import Secret
from phiward.domain.trace import Did, Stage, Trace
from phiward.domain.vendors import DestinationClass
from phiward.flow.door import authenticate, authorise, refuse_unknown_patient
from phiward.flow.record import Interaction, Recorder
from phiward.flow.retrieving import Retriever, Right
from phiward.identity.binding import bind_purpose
from phiward.policy.decide import Policy

UNKNOWN = Circumstances()


class Looking:
    """One per process; holds no state of a request."""

    def __init__(
        self,
        people: People,
        admission: Admission,
        chart: Chart,
        policy: Policy,
        retriever: Retriever,
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        """Everything from outside, as Protocols."""
        self._people, self._admission, self._chart, self._policy = people, admission, chart, policy
        self._retriever, self._recorder, self._clock = retriever, recorder, clock

    async def find(
        self,
        interaction: UUID,
        credential: Secret,
        patient: str | None,
        purpose: str | None,
        question: str,
        ask: RetrievalAsk,
        circumstances: Circumstances = UNKNOWN,
    ) -> Interaction:
        """What was found, on record. Raises one of the house's errors, with the refusal on record."""
        trace = Trace()
        trace.begin(Stage.AUTHENTICATE)
        opened = await authenticate(self._admission, self._people, credential, patient)
        one = Interaction(
            *(interaction, opened.caller, opened.patient),
            circumstances=circumstances,
            trace=trace,
            question=question,
        )
        try:
            await self._find(one, opened, patient, purpose, ask)
            trace.end()
        except PhiwardError as refusal:
            trace.end(Did.REFUSED, refusal.rule)
            await self._recorder.refusal(one, refusal)
            raise
        await self._recorder.retrieval(one)
        return one

    async def citations(self, credential: Secret, interaction: UUID) -> Sequence[StandingCitation]:
        """What an answer rested on, and what became of it since; nothing about a patient out of care.

        Opaque ids and offsets only: nothing that the answer did not already tell.
        """
        opened = await authenticate(self._admission, self._people, credential, None)
        return await self._chart.citations(opened.caller.session, interaction)

    async def _find(
        self,
        one: Interaction,
        opened: Opened,
        patient: str | None,
        purpose: str | None,
        ask: RetrievalAsk,
    ) -> None:
        caller, trace = one.caller, one.trace
        refuse_unknown_patient(one.patient, caller, patient)
        trace.begin(Stage.PURPOSE)
        one.purpose = bind_purpose(caller, purpose)
        if one.patient is None and ask.chart:
            raise InvalidRequestError("Retrieval from a chart needs a patient in context.", param="patient")
        right = Right(caller, one.patient, opened.standing, one.purpose, DestinationClass.SELF_HOSTED)
        trace.begin(Stage.AUTHORISE)
        trace.end(rule=authorise(self._policy, one, right, self._clock()))
        trace.begin(Stage.RETRIEVE)
        one.retrieved = await self._retriever.find(right, one.question, ask)
