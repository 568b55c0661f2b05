"""Who the patients are: a fixed cast of difficult names, then people drawn from pools.

The cast holds what de-identification finds hard: families under one roof, nicknames, ages over 89,
twins, namesakes, names that are words, hyphens, accents. Everyone is invented.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from phiward.records.synthetic.forms import NameForms


@dataclass(frozen=True, slots=True)
class Relative:
    """Someone to call: `relation` in a word, as "daughter"."""

    relation: str
    given: str
    family: str

    @property
    def full(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Character:
    """A patient as a person. Those with the same `household` share address and home telephone."""

    name: NameForms
    sex: str
    birth: date
    relatives: tuple[Relative, ...]
    household: str = ""


def _cast(
    name: str, nickname: str, sex: str, birth: str, relatives: str, *, title: str = "", household: str = ""
) -> Character:
    """`name` is "given|middle|family"; `relatives` are "relation|given|family", joined by ";"."""
    given, middle, family = name.split("|")
    forms = NameForms(given, middle, family, nickname, title or ("Ms." if sex == "female" else "Mr."))
    known = tuple(Relative(*one.split("|")) for one in relatives.split(";"))
    return Character(forms, sex, date.fromisoformat(birth), known, household)


_OKAFORS = "daughter|Susan|Okafor"
_TWINS = "mother|Isolde|Delacroix"
CAST = (
    _cast(
        "Margaret|Adaeze|Okafor",
        "Peggy",
        "female",
        "1949-07-22",
        f"{_OKAFORS};husband|Emmanuel|Okafor",
        title="Mrs.",
        household="okafor",
    ),
    _cast("Emmanuel|Chike|Okafor", "", "male", "1929-11-03", f"{_OKAFORS};wife|Margaret|Okafor", household="okafor"),
    _cast("Grace||Young", "", "female", "1961-05-14", "brother|Miles|Young"),
    _cast("Will|Asher|Brown", "", "male", "1954-02-27", "wife|Penny|Brown"),
    _cast("Amara|Jolie|Delacroix-Nwosu", "", "female", "1998-09-09", _TWINS, household="delacroix"),
    _cast("Amaya|Jolie|Delacroix-Nwosu", "", "female", "1998-09-09", _TWINS, household="delacroix"),
    _cast("María|Inés|García", "", "female", "1971-12-01", "son|Tomás|García"),
    _cast("María|Luz|García", "Marita", "female", "1986-03-30", "sister|Rocío|García Peña"),
    _cast("Søren|Aksel|Ångström-Lindqvist", "", "male", "1940-06-18", "partner|Jürgen|Weiß"),
    _cast("Chidubem|Ike|Okafor", "Chidi", "male", "1979-01-11", "mother|Margaret|Okafor", household="okafor"),
    _cast("Elizabeth|Maud|Hart", "Betty", "female", "1926-04-02", "niece|Joy|Winters", title="Mrs."),
    _cast("Hope||Summers", "", "female", "1990-10-20", "husband|Mark|Summers", title="Mrs."),
    _cast("Minh Anh||Nguyễn", "Mina", "female", "1967-08-08", "daughter|Linh|Nguyễn", title="Mrs."),
    _cast("Jean-Luc|Olivier|D'Aubigné", "", "male", "1958-03-17", "wife|Noëlle|D'Aubigné"),
    _cast("Robert|Lee|Van der Mock", "Bob", "male", "1946-12-25", "son|Peter|Van der Mock"),
    _cast("May||Rivers", "", "female", "1975-05-05", "sister|June|Rivers"),
)

_GIVEN = {
    "female": ("Adela", "Briony", "Clementine", "Dorothea", "Eudora", "Fenna", "Gwendolyn", "Henrietta", "Ilse"),
    "male": ("Alaric", "Barnaby", "Cornelius", "Desmond", "Ezekiel", "Ferdinand", "Gideon", "Horatio", "Ignatius"),
}
_NICKNAMES = {"Dorothea": "Dot", "Gwendolyn": "Gwen", "Henrietta": "Etta", "Cornelius": "Neil", "Ferdinand": "Ferdy"}
_FAMILY = ("Abernoth", "Bexworth", "Crumley", "Dunmockle", "Eversham", "Fictus", "Gadsby", "Hollowell", "Imagin")
_FAMILY_ENDS = ("", "son", "-Prim", "ton")
_KIN_GIVEN = {
    "female": ("Jocasta", "Kerensa", "Lavinia", "Mirabel", "Nerys"),
    "male": ("Jethro", "Kester", "Lysander", "Mordecai", "Nestor"),
}
"""Apart from the given names of patients: who is to be called is never another patient by name."""

_LATEST_BIRTH = date(2001, 1, 1)


def character(seed: int, index: int) -> Character:
    """The patient with this number: of the cast while it lasts, then drawn."""
    if index < len(CAST):
        return CAST[index]
    rng = random.Random(f"{seed}/person/{index}")  # noqa: S311 - invented people, no secrets
    sex = rng.choice(("female", "male"))
    given, family = _drawn_name(seed, index - len(CAST), sex)
    middle = rng.choice([one for one in _GIVEN[sex] if one != given])
    birth = _LATEST_BIRTH - timedelta(days=rng.randrange(75 * 365))
    title = "Mr." if sex == "male" else rng.choice(("Mrs.", "Ms."))
    kin = rng.choice(("daughter", "sister", "son", "brother"))
    other = rng.choice(_KIN_GIVEN["female" if kin in ("daughter", "sister") else "male"])
    forms = NameForms(given, middle, family, _NICKNAMES.get(given, ""), title)
    return Character(forms, sex, birth, (Relative(kin, other, family),))


def _drawn_name(seed: int, place: int, sex: str) -> tuple[str, str]:
    """Given and family name. Family names come round only after all of them, then with another given name.

    So nobody drawn is a namesake: 324 names of either sex, and the cast has other family names.
    """
    families = [name + end for name in _FAMILY for end in _FAMILY_ENDS]
    order = random.Random(f"{seed}/families")  # noqa: S311 - invented people, no secrets
    order.shuffle(families)
    turn, slot = divmod(place, len(families))
    first = order.randrange(len(_GIVEN[sex]))
    return _GIVEN[sex][(first + slot + turn) % len(_GIVEN[sex])], families[slot]
