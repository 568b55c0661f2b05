"""What is hidden from the model and not restored."""

import pytest

from phiward.domain.errors import UnsafeContentError
from phiward.guard.arguments import restore_arguments
from phiward.guard.foreign import foreign
from phiward.guard.passage import PassageCheck

from .encoded import b64
from .house import GRANTED, INDEX, ISSUED

CASES = [
    ("nobody of the record", [], "Zelda Quagmire", True),
    ("only like somebody of the record", ["sister: Quagmire-Jones, Zelda"], "Zelda Quagmire", True),
    ("a relative whom the record names", ["her sister, ZELDA QUAGMIRE, drove"], "Zelda Quagmire", False),
    ("whose names end one text and begin the next", ["seen with Zelda", "Quagmire Road"], "Zelda Quagmire", True),
    ("another's number", ["MRN 400-199-98"], "400-199-99", True),
    ("in code", [], b64("note about Zelda Quagmire"), True),
    ("in code, though the chart holds it", [b64("note about Zelda Quagmire")], b64("note about Zelda Quagmire"), True),
    ("the patient's own", [], "Margaret Okafor", False),
    ("a person whom nobody knows", [], "Dr. Amy Unknown", False),
    ("a date", [], "03/04/2024", False),
]


@pytest.mark.parametrize(("record", "value", "expected"), [pytest.param(*row[1:], id=row[0]) for row in CASES])
def test_another_patients_identifier_is_restored_only_where_the_record_names_her(
    record: list[str], value: str, expected: bool
) -> None:
    """The rest of what was hidden is."""
    found = foreign({**ISSUED, "[OTHER_9]": value, "[NAME_2]": "x"}, INDEX, GRANTED, record)
    assert found == ({"[OTHER_9]"} if expected else set())


def test_the_patients_own_identifiers_are_not_looked_up() -> None:
    """As they stand in the record."""
    assert foreign(ISSUED, INDEX, GRANTED, [], frozenset({"Zelda Quagmire"})) == set()


@pytest.mark.parametrize("fault", [RuntimeError, MemoryError, TimeoutError, RecursionError])
def test_a_check_that_fails_restores_nothing(fault: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in an answer nor in the arguments of a call; the family's error, without the value."""

    def fails(*_: object, **__: object) -> None:
        raise fault("Zelda Quagmire")

    monkeypatch.setattr(PassageCheck, "broken", fails)
    for work in (lambda: foreign(ISSUED, INDEX, GRANTED, []), lambda: restore_arguments('["x"]', {}, INDEX, GRANTED)):
        with pytest.raises(UnsafeContentError, match=r"^(?!.*Zelda)"):
            work()
