"""Charts and corpora: imports, the index, what is held back, deletions, and texts sent to an embedding model."""

from typing import Final

from phiward.audit.event import Event, change, part
from phiward.audit.events.interactions import ROUTE
from phiward.audit.forms import CODE, CORPUS, COUNT, FLAG, ID, INDEX_MODEL, POLICY_NAME, Form, Many, Maybe, one_of
from phiward.domain.deletion import DeletionReason

UNDECIDED: Final = part(decision=Maybe(CODE))
DECIDED: Final = part(decision=one_of(["released", "refiled", "discarded"]))
EMBEDDED: Final[dict[str, Form]] = {
    "patients": Many(ID, 1), "documents": Many(ID), "texts": COUNT, **ROUTE, "transformation": POLICY_NAME,
}  # fmt: skip

EVENTS: Final = (
    Event("records.imported", "Clinical files were imported.", {"resources": COUNT, "stored": COUNT}),
    Event("place.watched", "A watched folder or bucket was looked at, and something was taken from it.",
          dict.fromkeys(
              ("imported", "unchanged", "waiting", "taken_back", "gone", "unreadable_names", "refused"), COUNT)),
    Event("charts.indexed", "Charts were made searchable.",
          {**dict.fromkeys(("patients", "documents", "chunks", "held_back", "compacted"), COUNT),
           "held": Many(ID), "model": INDEX_MODEL}),
    change("quarantine.read", "A document that may be another patient's was read.", None, None,
           document=ID, patient=ID, patients=Many(ID, 1)),
    change("quarantine.released", "It stands where it should.", UNDECIDED, DECIDED, document=ID, patient=ID),
    change("quarantine.refiled", "It is another patient's.", UNDECIDED, DECIDED, document=ID, patient=ID, to=ID),
    change("quarantine.discarded", "It is nobody's here.", UNDECIDED, DECIDED, document=ID, patient=ID),
    change("document.deleted", "A document was deleted.", part(version=COUNT), None,
           document=ID, patients=Many(ID, 1), reason=one_of(DeletionReason)),
    Event("corpus.added", "Texts without PHI were taken into a corpus.", {"corpus": CORPUS, "texts": COUNT}),
    Event("corpus.removed", "A text of a corpus, or the whole of it, was removed.", {"corpus": CORPUS, "whole": FLAG}),
    Event("embedding.sent", "Texts are about to leave for an embedding model.", EMBEDDED),
    Event("embedding.received", "Their vectors came back.", EMBEDDED),
    Event("embedding.failed", "They did not.", {**EMBEDDED, "code": CODE}),
)  # fmt: skip
