"""Which rule a passage breaks."""

import pytest

from phiward.guard.passage import MAX_DECODED_IN_ALL, PassageCheck, Rule
from phiward.guard.unseen import Context
from tests.flow.fakes import patient
from tests.flow.indexes import index_of

from .encoded import ENCODINGS, b64
from .house import GRANTED, INDEX, MARGARET

CANARY = "phw-canary-7f3a"


def check(own: tuple[str, ...] = ()) -> PassageCheck:
    """Of an answer about Margaret, in whose conversation one number stood."""
    return PassageCheck(INDEX, GRANTED, own=own, seen=Context(["312-555-0142"]), canaries=[CANARY])


BROKEN = [
    ("a name", "Zelda Quagmire", Rule.KNOWN),
    ("a name in small letters", "zelda quagmire", Rule.KNOWN),
    ("a number with a letter before", "x40019999", Rule.ENCODED),
    ("an address with a letter before", "xzelda.q@example.org", Rule.KNOWN),
    ("a number glued to the patient's own name", "400-199-99Margaret Okafor", Rule.ENCODED),
    ("a code", b64("Zelda Quagmire"), Rule.ENCODED),
    ("the patient's own beside another's code", f"Margaret Okafor {b64('Zelda Quagmire')}", Rule.ENCODED),
    ("an address in a code, with letters glued to it", b64("xyzelda.q@example.orgz"), Rule.ENCODED),
    ("a number that nobody has", "call 312-555-0199", Rule.UNSEEN),
    ("the same in a code", b64("call 312-555-0199 now"), Rule.UNSEEN),
    ("the canary", f"My rules: {CANARY}", Rule.CANARY),
    ("the canary in capitals, without its dashes", CANARY.upper().replace("-", " "), Rule.CANARY),
    ("the canary by rot13", ENCODINGS["rot13"](CANARY), Rule.CANARY),
    ("the canary from its end", CANARY[::-1], Rule.CANARY),
    ("the canary in a code", b64(f"x {CANARY}"), Rule.CANARY),
    ("more code than is read", " ".join([b64("some readable words and more " * 20)] * 4), Rule.UNREADABLE),
]


@pytest.mark.parametrize(("text", "rule"), [pytest.param(*row[1:], id=row[0]) for row in BROKEN])
def test_a_passage_breaks_a_rule(text: str, rule: Rule) -> None:
    """The first that it breaks is named."""
    assert check().broken(text) is rule


KEPT = [
    ("the patient's own name", "Margaret Okafor, or Okafor, Margaret: MRN 40017723."),
    ("the patient's own in a code", b64("Margaret Okafor 40017723")),
    ("the patient's own from its end", "rofakO teragraM"),
    ("a number of the conversation", "call (312) 555-0142"),
    ("a toll-free number", "call 1-800-555-0199"),
    ("one word of another's name", "Zelda came, and Quagmire Road is closed."),
    ("code of nobody", b64("nothing about anybody at all")),
    ("ordinary words", "She takes lisinopril 20 mg daily. Sodium 138, A1c 6.8, BP 128/78."),
    ("nothing", ""),
]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in KEPT])
def test_a_passage_without_anything_of_others_breaks_none(text: str) -> None:
    """The patient's own stands in any reading."""
    assert check().broken(text) is None


def test_a_relative_who_was_restored_may_be_named() -> None:
    """She stands in this patient's note, or the caller named her; her number does not."""
    assert check(("Zelda Quagmire",)).broken("Her aunt Zelda Quagmire called.") is None
    assert check(("Zelda Quagmire",)).broken("Zelda Quagmire 400-199-99") is Rule.KNOWN


def test_the_patients_own_name_is_taken_out_before_others_are_looked_for() -> None:
    """Grace Young's record is not withheld because a Will Grace is a patient too."""
    # given a patient, and others whose names her name and the words around it make
    grace, others = patient("Grace Young", "40055555"), [patient("Will Grace", "4009"), patient("Young May", "4008")]
    one = PassageCheck(index_of(grace, *others), frozenset({grace.patient}))
    # when she is asked after
    # then it passes, and the other one does not
    assert one.broken("Will Grace Young come in May? Yes, Grace Young May come.") is None
    assert one.broken("Will Grace comes.") is Rule.KNOWN


def test_a_date_read_from_its_end_is_no_number() -> None:
    """Dates are everywhere."""
    assert PassageCheck(index_of(patient("Ada Test", "40024150")), GRANTED).broken("on 05/14/2004") is None


def test_an_answer_made_of_code_is_not_read_without_end() -> None:
    """What one answer may decode to is bounded in all."""
    one, text = check(), b64("some readable words and more " * 20)
    rules = [one.broken(text) for _ in range(MAX_DECODED_IN_ALL // 500)]
    assert rules[0] is None
    assert rules[-1] is Rule.UNREADABLE


def test_a_name_from_its_end_that_began_before_is_found() -> None:
    """With what was released before."""
    assert check().broken("adleZ came", before="by erimgauQ ") is Rule.ENCODED
    assert check().broken("teragraM came", before="by rofakO ") is None


def test_without_a_canary_or_a_context_those_rules_are_not_asked() -> None:
    """Both are given where they are wanted."""
    bare = PassageCheck(INDEX, GRANTED)
    assert bare.broken(f"{CANARY} 312-555-0199") is None


def test_a_canary_that_chance_would_find_is_refused() -> None:
    """Seven letters."""
    with pytest.raises(ValueError, match="chance"):
        PassageCheck(INDEX, GRANTED, canaries=["a-b-c-d-e-f-g"])


def test_it_prints_no_names() -> None:
    """What may stand in the answer is PHI."""
    assert "Okafor" not in repr(check(("Margaret Okafor",)))
    assert MARGARET.patient in GRANTED
