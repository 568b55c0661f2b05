"""An answer as it is shown: its counts, and that it prints nothing of a record."""

from dataclasses import replace
from uuid import UUID

from pydantic import TypeAdapter

from phiward.domain.people import PurposeOfUse
from phiward.domain.shown import NotUsed, SaidSentence, SentPiece, ShownAnswer
from tests.console.twins import NOW

ANSWER = ShownAnswer(
    UUID(int=1), UUID(int=2), "Zora's dose?", NOW, PurposeOfUse.TREAT, "m", "v", True, "label",
    (
        SaidSentence("Zora takes it.", "claim", True, (1,)),
        SaidSentence("Zora stopped.", "claim", False, (), ("citation",)),
        SaidSentence("Quotations:", "none", False),
        SaidSentence("{}", "unchecked", False),
    ),
    (), (SentPiece("Your question", "Zora's dose?", "[PATIENT_1]'s dose?"),), 1, NotUsed(),
)  # fmt: skip


def test_what_claims_nothing_counts_nowhere() -> None:
    """What could not be checked counts as a claim without support."""
    assert (ANSWER.claims, ANSWER.supported) == (3, 1)
    assert NotUsed().nothing
    assert not replace(ANSWER.not_used, by_meaning=False).nothing


def test_it_does_not_print_what_it_says() -> None:
    """Question, sentences and what was sent."""
    assert "Zora" not in repr(ANSWER)


def test_it_comes_back_from_its_sealed_form_as_it_was() -> None:
    """JSON by its types."""
    form = TypeAdapter(ShownAnswer)
    assert form.validate_json(form.dump_json(ANSWER)) == ANSWER
