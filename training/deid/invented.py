"""Eponyms, drugs and trials that do not exist: a surname before "sign" is no person, whatever the surname.

Lists of what is safe end somewhere; new drugs and rare eponyms do not. Made-up ones teach the tagger to
judge by the words around them.
"""

from collections.abc import Callable
from random import Random

from training.deid.lists import Lists
from training.deid.people import Markov

HEADS = (
    "disease", "syndrome", "sign", "score", "scale", "criteria", "classification", "test", "maneuver", "procedure", "operation", "repair", "technique", "approach", "incision",
    "clamp", "forceps", "retractor", "catheter", "tube", "drain", "stent", "valve", "shunt", "needle", "blade", "stain", "agar", "bodies", "cells", "nodes", "nodules", "reflex",
    "phenomenon", "triad", "tumor", "lymphoma", "sarcoma", "palsy", "chorea", "ataxia", "dystrophy", "fracture", "cyst", "hernia", "anemia", "fever", "law", "index", "formula", "equation",
    "grade", "stage", "type II", "class 3", "contracture", "thyroiditis", "arteritis", "encephalitis", "glomerulonephritis", "position", "exercises", "protocol", "questionnaire",
    "inventory", "effect", "angle", "line", "space", "ligament", "canal", "gland", "duct", "fistula", "flap", "graft", "nail", "plate", "wire", "collar", "boot", "splint", "dressing",
)  # fmt: skip
DRUG_ENDINGS = (
    "mab", "nib", "pril", "sartan", "statin", "olol", "azole", "cillin", "mycin", "floxacin", "vir", "gliptin", "gliflozin", "tide", "parin", "xaban", "dipine", "setron", "prazole", "caine", "pam",
    "triptan", "gepant", "cept", "kinra", "limus", "rubicin", "platin", "taxel", "dronate", "thiazide", "amide", "idone", "apine", "oxetine", "ciclib", "parib", "tinib", "zumab", "ximab",
)  # fmt: skip
TRIALS = (
    "trial",
    "study",
    "trial",
    "protocol",
    "registry",
    "cohort",
    "guideline",
    "criteria",
    "score",
    "substudy",
    "consortium",
)


class Invented:
    """Makers by slot."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._drugs = Markov(lists.words["clean/drugs"])
        self._brands = Markov([brand for brand in lists.words["clean/brands"] if brand.isalpha()])
        self.makers: dict[str, Callable[[Random], str]] = {
            "eponym": self._eponym,
            "drug": self._drug,
            "brand": self._brands.draw,
            "study": self._study,
        }

    def _eponym(self, rng: Random) -> str:
        name = self._lists.family.draw(rng)
        if rng.random() < 0.35:
            name += "-" + self._lists.family.draw(rng)
        return f"{name}{rng.choice((chr(39) + 's', '', '', ''))} {rng.choice(HEADS)}"

    def _drug(self, rng: Random) -> str:
        stem = self._drugs.draw(rng).lower().split(" ")[0][: rng.randint(3, 7)]
        return stem + rng.choice(DRUG_ENDINGS)

    def _study(self, rng: Random) -> str:
        word = (
            self._brands.draw(rng).upper()
            if rng.random() < 0.7
            else self._lists.pick(rng, "orgs/employer_words").upper()
        )
        return f"{word}{rng.choice(('', '-2', '-HF', ' 3', '-01', '-AF', '-' + str(rng.randrange(10, 400))))} {rng.choice(TRIALS)}"
