"""What is hidden from the model and not restored."""

import pytest

from phiward.guard.foreign import foreign

from .encoded import b64
from .house import GRANTED, INDEX, ISSUED

CASES = [
    ("nobody of the record", [], "Zelda Quagmire", True),
    ("only like somebody of the record", ["sister: Quagmire-Jones, Zelda"], "Zelda Quagmire", True),
    ("a relative whom the record names", ["her sister, ZELDA QUAGMIRE, drove"], "Zelda Quagmire", False),
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
