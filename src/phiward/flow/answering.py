"""A question of a person at a page: the same flow as every request, sentence by sentence, and kept for her for a day.

The answer is made to its end whether or not its reader stays: what was sent was sent, and what came back waits for her.
Reading it again, and opening a source, is decided again by the policies, and is on record before it is shown.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from phiward.domain.chat import ChatRequest, Message, TextDelta
from phiward.domain.errors import InvalidRequestError, PatientNotFoundError
from phiward.domain.passages import RetrievalAsk
from phiward.domain.patients import PatientRef
from phiward.domain.people import PurposeOfUse
from phiward.domain.ports import Clock
from phiward.domain.shown import SaidSentence, ShownAnswer
from phiward.domain.text import Secret
from phiward.flow.journey import Flow
from phiward.flow.showing import sentence, show

MOST_QUESTION: Final = 8_000
"""Characters of a question."""


class Answers(Protocol):
    """Where answers wait. Raises StorageError, VaultError."""

    async def keep(self, session: Secret, made: ShownAnswer) -> None:
        """For the person of the session, sealed under the patient's key."""

    async def find(self, session: Secret, interaction: UUID) -> ShownAnswer | None:
        """One of her own, about a patient in her care; None else."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of which model about whom. `purpose` None leaves it to the credential."""

    patient: PatientRef
    text: str
    model: str
    purpose: PurposeOfUse


@dataclass(frozen=True, slots=True)
class Answering:
    """One per process."""

    flow: Flow
    answers: Answers
    clock: Clock

    async def ask(
        self, interaction: UUID, session: Secret, question: Question
    ) -> AsyncIterator[SaidSentence | ShownAnswer]:
        """Each sentence as soon as it is released, then the whole answer, kept.

        Raises what the flow raises; an error after the first sentence means that the answer is not complete.
        """
        if not 1 <= len(question.text) <= MOST_QUESTION:
            raise InvalidRequestError(f"A question has 1 to {MOST_QUESTION:,} characters.", param="question")
        asked_at = self.clock()
        answer = await self.flow.chat(interaction, session, _request(question))
        if answer.interaction.subject is None:
            raise PatientNotFoundError
        text, told, passages = "", 0, len(answer.interaction.retrieved.passages)
        async with aclosing(answer.events) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, TextDelta) and event.choice == 0:
                    text += event.text
                found = answer.inbound.sentences.get(0, [])
                for one in found[told:]:
                    yield sentence(text, one, passages)
                told = len(found)
        made = show(answer, text, asked_at)
        await self.answers.keep(session, made)
        yield made


def _request(question: Question) -> ChatRequest:
    return ChatRequest(
        question.model,
        (Message("user", question.text),),
        stream=True,
        patient=str(question.patient),
        purpose=str(question.purpose),
        retrieval=RetrievalAsk(),
    )
