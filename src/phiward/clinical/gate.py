"""The evidence gate: behind the output filter, it releases an answer sentence by sentence, each with what it rests on.

A transducer like the filter before it: the same text and the same evidence for every way of cutting the stream. It
waits for one sentence, and for a whole answer only where that is not prose (JSON, a fenced block): such an answer
passes as it is, counts as one claim without support, and is left out where unsupported sentences are dropped. What
only begins like JSON is prose. The filter's mark for a withheld identifier stays as it is, but its sentence is never
supported: nobody here can say whom it is about.
"""

import json
import re
from collections.abc import Sequence
from enum import Enum, StrEnum

from phiward.clinical.claims import Claim
from phiward.clinical.evidence import Evidence, SentenceEvidence, SentenceKind, without_support
from phiward.clinical.sentences import Piece, PieceKind, SentenceCutter
from phiward.domain.passages import Passage

UNSUPPORTED_MARK = " [unsupported]"
LEFT_OUT = "[a sentence without support was left out]"
_FENCED = re.compile(r"\s*```[^`]*```\s*\Z")


class UnsupportedPolicy(StrEnum):
    """What happens to a sentence without support."""

    MARK = "mark"  # it goes out with a mark behind it
    DROP = "drop"  # it is left out; a note stands where one or several in a row were


class _Form(Enum):
    PROSE = "prose"
    DATA = "perhaps data"


class EvidenceGate:
    """One for each choice of an answer. `sentences` refers to the text released, in code points.

    An error in the check leaves the text unreleased and goes up to the caller.
    """

    def __init__(self, passages: Sequence[Passage], policy: UnsupportedPolicy) -> None:
        """`passages` in the order of the prompt."""
        self._evidence = Evidence(passages)
        self._policy = policy
        self._cutter = SentenceCutter()
        self._form: _Form | None = None
        self._held: list[str] = []
        self._released = 0
        self._gap = False
        self.left_out = 0
        self.sentences: list[SentenceEvidence] = []

    def feed(self, text: str) -> str:
        """Take a piece of the answer; return the sentences that were checked by now."""
        if self._form is _Form.PROSE:
            return self._pass(self._cutter.feed(text))
        self._held.append(text)
        if self._form is None:
            self._form = _begins("".join(self._held))
        return self._pass(self._cutter.feed(self._unheld())) if self._form is _Form.PROSE else ""

    def finish(self) -> str:
        """No more will come; return the rest."""
        held = self._unheld()
        if self._form is _Form.DATA and _is_data(held):
            return self._whole(held)
        return self._pass(self._cutter.feed(held)) + self._pass(self._cutter.finish())

    def _unheld(self) -> str:
        held, self._held = "".join(self._held), []
        return held

    def _pass(self, pieces: Sequence[Piece]) -> str:
        return "".join([self._sentence(piece) for piece in pieces])

    def _sentence(self, piece: Piece) -> str:
        """Check one sentence; the white space around it stays."""
        said = piece.text.strip()
        if not said:
            return self._count(piece.text)
        before, behind = piece.text[: piece.text.index(said)], piece.text[piece.text.index(said) + len(said) :]
        start = self._released + len(before)
        if piece.kind is PieceKind.FRAGMENT:
            found = without_support(start, start + len(said), SentenceKind.CLAIM, Claim.LENGTH)
        else:
            found = self._evidence.check(said, start)
        if found.supported or found.kind is SentenceKind.NONE:
            self._gap = False
            self.sentences.append(found)
            return self._count(piece.text)
        if self._policy is UnsupportedPolicy.DROP:
            return self._drop(found, before, behind)
        self.sentences.append(found)
        return self._count(f"{before}{said}{UNSUPPORTED_MARK}{behind}")

    def _drop(self, found: SentenceEvidence, before: str, behind: str) -> str:
        """One note for all that are left out in a row; line ends stay, so that the next line stays a line."""
        note = "" if self._gap else before + LEFT_OUT
        place = self._released + len(note)
        self.sentences.append(_moved(found, place))
        out = self._count(note + ("\n" * behind.count("\n") if self._gap else behind))
        self._gap = True
        self.left_out += 1
        return out

    def _whole(self, text: str) -> str:
        """An answer that is data, not prose."""
        said = text.strip()
        start = text.index(said)
        found = without_support(start, start + len(said), SentenceKind.UNCHECKED, Claim.CITATION)
        if self._policy is UnsupportedPolicy.DROP:
            return self._drop(found, text[:start], text[start + len(said) :])
        self.sentences.append(found)
        return self._count(text)

    def _count(self, text: str) -> str:
        self._released += len(text)
        return text


def _moved(found: SentenceEvidence, place: int) -> SentenceEvidence:
    """The evidence of a sentence that is not in the released text: it stands at a point, and quotes nothing."""
    return SentenceEvidence(
        place, place, found.kind, found.passages, found.named_by, False, found.missing, (), found.invalid
    )


def _begins(text: str) -> _Form | None:
    """What an answer that begins so may be; None while too little of it is there."""
    begins = text.lstrip()[:3]
    if begins[:1] == "{" or begins == "```":
        return _Form.DATA
    return None if "```".startswith(begins) else _Form.PROSE


def _is_data(text: str) -> bool:
    """A JSON object, or one fenced block and nothing else."""
    if _FENCED.match(text):
        return True
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
