"""The output filter, case by case; its behaviour under cutting stands in tests/properties."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.guard.finder import WINDOW
from phiward.guard.output import WITHHELD, OutputFilter
from tests.flow.fakes import patient
from tests.flow.indexes import index_of

from .house import GRANTED, INDEX, ISSUED, made, released

WITHHELD_TEXTS = [
    ("a full name", "Zelda Quagmire called", f"{WITHHELD} called"),
    ("a full name turned", "Quagmire, Zelda called", f"{WITHHELD} called"),
    ("a name with a possessive", "Zelda Quagmire's dose", f"{WITHHELD} dose"),
    ("a name with accents written plain", "Rene Muller Sorensen", WITHHELD),
    ("a name in full width", "Ｚｅｌｄａ Ｑｕａｇｍｉｒｅ", WITHHELD),  # noqa: RUF001 - look-alikes are the subject
    ("a name in Cyrillic look-alikes", "Z\u0435lda Qu\u0430gmire", WITHHELD),
    ("a name with a zero-width space", "Zel\u200bda Quagmire", WITHHELD),
    ("a name in markdown", "**Zelda** _Quagmire_", f"**{WITHHELD}_"),
    ("a name half in brackets", "Zelda [Quagmire]", f"{WITHHELD}]"),
    ("an MRN as recorded", "MRN 400-199-99.", f"MRN {WITHHELD}."),
    ("an MRN squeezed", "no. 40019999", f"no. {WITHHELD}"),
    ("an MRN in brackets", "(400) 19999", f"({WITHHELD}"),
    ("a number with letters, a space for the dash", "MRN 77 4412", WITHHELD),
    ("a telephone number", "call (312) 555-0188", f"call ({WITHHELD}"),
    ("a telephone number with its country", "+1-312-555-0188", f"+{WITHHELD}"),
    ("a telephone number with points", "312.555.0188!", f"{WITHHELD}!"),
    ("a telephone number with non-breaking hyphens", "312\u2011555\u20110188", WITHHELD),
    ("an e-mail address with a zero-width space", "zel\u200bda.q@exam\u200bple.org", WITHHELD),
    ("an e-mail address in full width", "ｚelda．q＠example．org", WITHHELD),  # noqa: RUF001
    ("an e-mail address with an accent", "zélda.q@example.org", WITHHELD),
    ("an e-mail address", "to zelda.q@EXAMPLE.org.", f"to {WITHHELD}."),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in WITHHELD_TEXTS])
def test_an_identifier_of_another_person_is_withheld(text: str, expected: str) -> None:
    """In every listed spelling; what stands around it goes out."""
    assert released([text]) == (expected, 1, 0, 0)


PASSING = [
    ("the patient's own name", "Margaret Okafor takes it"),
    ("a name that a namesake shares", "margaret  OKAFOR"),
    ("the patient's own number", "MRN 400-177-23"),
    ("one word of a foreign name", "Zelda came"),
    ("two words of a foreign name in two sentences far apart", "Zelda came. Later Quagmire did"),
    ("a longer number that only holds the code", "1400199990"),
    ("a date", "on 2024-03-04"),
    ("an e-mail address that nobody has", "info@example.org"),
    ("a part of a foreign e-mail address", "q@example.org"),
    ("nothing", ""),
    ("brackets that are no placeholder", "[1] [see note] [ ] ["),
]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in PASSING])
def test_what_names_no_other_person_passes_unchanged(text: str) -> None:
    """Character by character the same, and nothing is counted."""
    assert released([text]) == (text, 0, 0, 0)


PLACEHOLDERS = [
    ("short", "[PATIENT_1] came", "Margaret Okafor came", 0, 1),
    ("annotated", "[DATE_2: 3 days after DATE_1]", "03/07/2024", 0, 1),
    ("twice", "[DATE_1][DATE_1]", "03/04/202403/04/2024", 0, 2),
    ("in brackets of its own", "[[DATE_1]]", "[03/04/2024]", 0, 1),
    ("invented", "[NAME_9]", "[NAME_9]", 1, 0),
    ("of another annotation", "[DATE_2: 4 days after DATE_1]", "[DATE_2: 4 days after DATE_1]", 1, 0),
    ("in small letters", "[patient_1]", "[patient_1]", 1, 0),
    ("with a space for the underscore", "[Patient 1]", "[Patient 1]", 1, 0),
    ("not closed", "[PATIENT_1", "[PATIENT_1", 0, 0),
    ("of no category", "[TABLE_1]", "[TABLE_1]", 0, 0),
]


@pytest.mark.parametrize(
    ("text", "expected", "masked", "resolved"), [pytest.param(*row[1:], id=row[0]) for row in PLACEHOLDERS]
)
def test_only_a_placeholder_that_was_issued_here_is_restored(
    text: str, expected: str, masked: int, resolved: int
) -> None:
    """Anything else that looks like one is left standing, and counted."""
    assert released([text]) == (expected, 0, masked, resolved)


def test_a_restored_value_is_not_read_again() -> None:
    """The caller wrote the relative's name herself; a value with brackets is not a placeholder."""
    # given a placeholder for a name that another patient has, and one whose value looks like another
    issued = {**ISSUED, "[LITERAL_1]": "[PATIENT_1]"}
    one = OutputFilter(issued, INDEX, GRANTED)
    # when both are restored
    text = one.feed("[NAME_2] and [LITERAL_1]") + one.finish()
    # then both stand as they were
    assert text == "Zelda Quagmire and [PATIENT_1]"
    assert (one.withheld, one.resolved) == (0, 2)


def test_an_identifier_never_reaches_into_a_restored_value() -> None:
    """Half a name beside a placeholder: the placeholder is restored, the half passes."""
    assert released(["Zelda [NAME_2]"]) == ("Zelda Zelda Quagmire", 0, 0, 1)
    assert released(["Ada [DATE_1]"]) == ("Ada 03/04/2024", 0, 0, 1)
    assert released(["400[MRN_1]19999"]) == ("4004001772319999", 0, 0, 1)


def test_a_name_in_an_invented_annotation_is_withheld() -> None:
    """The annotation of a placeholder that nobody issued is text like any other."""
    assert released(["[NAME_1: Zelda Quagmire]"]) == (f"[NAME_1: {WITHHELD}]", 1, 1, 0)


def test_the_patients_own_name_is_taken_out_before_others_are_looked_for() -> None:
    """Grace Young's answer is not withheld because a Will Grace is a patient too."""
    grace, will = patient("Grace Young", "40055555"), patient("Will Grace", "4009")
    for text in ("Will Grace Young come?", "Will Grace"):
        one = OutputFilter({}, index_of(grace, will), frozenset({grace.patient}))
        out = "".join([one.feed(character) for character in text]) + one.finish()
        assert out == (text if "Young" in text else WITHHELD)


def test_an_unknown_word_goes_out_with_the_space_after_it() -> None:
    """The stream is not slowed by what cannot become an identifier."""
    one = made()
    assert one.feed("lisinopril ") == "lisinopril "
    assert one.feed("daily") == ""
    assert one.feed(", and ") == "daily, and "


def test_the_beginning_of_a_known_name_waits_for_what_follows() -> None:
    """And goes out as soon as something else follows."""
    one = made()
    assert one.feed("Zelda ") == ""
    assert one.feed("is ") == "Zelda is "


@given(st.text(alphabet="aZ1-. [_@'\u200b\u0301", max_size=300))
@settings(max_examples=100, deadline=None)
def test_hold_back_is_bounded_whatever_comes(text: str) -> None:
    """Character by character, never more than WINDOW waits."""
    one, out = made(), 0
    for number, character in enumerate(text, 1):
        out += len(one.feed(character))
        assert one.withheld or number - out <= WINDOW


def test_the_printed_form_of_a_filter_shows_no_text() -> None:
    """What is held may be PHI."""
    one = made()
    one.feed("Zelda")
    assert "Zelda" not in repr(one)
