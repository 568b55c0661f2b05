"""The seeded generator: an endless row of documents with the place of every identifier known.

Half of the documents come from templates; the rest are real prose with planted sentences, real prose as
it is, and lists of clinical terms with nothing to remove.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from training.deid import carriers, public
from training.deid.filler import Filler, Piece
from training.deid.lists import Lists
from training.deid.noise import disturb
from training.deid.templates import Template
from training.deid.vocabulary import top_names

_SUBJECT = re.compile(r"\b(?:the patient|the pt|patient|she|he)\b", re.IGNORECASE)
_SHORT = 60


@dataclass(frozen=True)
class Document:
    """A generated text as labelled pieces. `source` names the template file or the kind of prose."""

    source: str
    pieces: Sequence[Piece]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(piece.text for piece in self.pieces)


class Generator:
    """Documents from `templates` and from prose. The same seed gives the same row."""

    def __init__(self, lists: Lists, templates: Sequence[Template], inputs: public.Inputs) -> None:
        lower, _ = public.english_words()
        self._filler = Filler(lists)
        self._lists = lists
        self._templates = list(templates)
        self._short = [
            template
            for template in templates
            if sum(len(part) for part in template.parts if isinstance(part, str)) < _SHORT * 4
        ]
        names = top_names(lists, 12_000)
        frequent = {name.lower() for name in lists.given_tail[:1200]}
        ordinary = (lower - frequent) | {"may", "will", "mark", "grace", "hope", "chase", "art"}
        self._prose = carriers.clean_passages(inputs.data, names, ordinary)
        self._general = [text for text in public.wordnet_sentences() if carriers.is_clean(text, names, ordinary)]
        self._terms = public.icd_terms(inputs)

    @property
    def prose(self) -> list[str]:
        """The clean passages."""
        return self._prose

    def documents(self, seed: int, count: int) -> Iterator[Document]:
        """`count` documents."""
        rng = Random(seed)
        order: list[Template] = []
        for _ in range(count):
            roll = rng.random()
            if roll < 0.60:
                if not order:
                    order = rng.sample(self._templates, len(self._templates))
                template = order.pop()
                yield Document(template.source, disturb(self._filler.fill(template, rng), rng))
            elif roll < 0.76:
                yield Document("planted", disturb(self._planted(rng), rng))
            elif roll < 0.86:
                yield Document("prose", disturb([Piece(rng.choice(self._prose))], rng))
            elif roll < 0.93:
                yield Document("general", disturb([Piece(self._some_general(rng))], rng))
            else:
                yield Document("terms", disturb([Piece(self._listed(rng))], rng))

    def _some_general(self, rng: Random) -> str:
        parts = rng.sample(self._general, rng.randint(1, 4))
        if rng.random() < 0.6:
            parts = [part[:1].upper() + part[1:] for part in parts]
        return rng.choice((". ", "; ", "\n", "? ", "! ", ".\n")).join(parts) + rng.choice((".", "", "?"))

    def _planted(self, rng: Random) -> list[Piece]:
        passage = rng.choice(self._prose) if rng.random() < 0.75 else self._some_general(rng)
        if rng.random() < 0.45 and (places := list(_SUBJECT.finditer(passage))):
            return self._named(passage, rng.sample(places, min(len(places), rng.randint(1, 2))), rng)
        gap = rng.choice((" ", " ", "\n", "\n\n"))
        pieces = [Piece(passage + gap), *self._filler.fill(rng.choice(self._short), rng)]
        if rng.random() < 0.5:
            pieces.append(Piece(gap + rng.choice(self._prose)))
        return pieces

    def _named(self, passage: str, places: list[re.Match[str]], rng: Random) -> list[Piece]:
        people = self._filler.people
        person = people.draw(rng)
        pieces: list[Piece] = []
        end = 0
        for place in sorted(places, key=lambda match: match.start()):
            form = rng.choice(("first", "last", "title", "full", "title", "first", "init", "nick", "lower"))
            pieces += [Piece(passage[end : place.start()]), Piece(people.write(rng, person, form, "patient"), "NAME")]
            end = place.end()
        return [*pieces, Piece(passage[end:])]

    def _listed(self, rng: Random) -> str:
        words = self._lists.words
        keys = [key for key in words if key.startswith("clean/")]

        def one() -> str:
            roll = rng.random()
            if roll < 0.5:
                return rng.choice(self._terms)
            return rng.choice(words[rng.choice(keys)])

        head = rng.choice(
            (
                "",
                "",
                "",
                "PMH: ",
                "Hx of ",
                "Dx: ",
                "Plan: ",
                "Assessment: ",
                "Meds: ",
                "Allergies: ",
                "1. ",
                "- ",
                "Impression: ",
                "s/p ",
                "Rule out ",
                "what is ",
                "ICD-10 for ",
                "History of ",
                "Consider ",
                "Started on ",
                "No ",
                "Continue ",
            )
        )
        gap = rng.choice((", ", "; ", "\n", "\n- ", " and ", ". ", " vs ", " / "))
        return head + gap.join(one() for _ in range(rng.randint(1, 6))) + rng.choice(("", ".", "?", ""))
