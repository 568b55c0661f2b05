"""Fields of forms: what is refused, then what is read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.console.forms import Form, refuse_other_session
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.identity.sessions import csrf_token, new_token


@pytest.mark.parametrize("text", ["", " ", "x" * 11])
def test_a_text_out_of_its_bounds_is_refused_without_being_repeated(text: str) -> None:
    """The place is named."""
    with pytest.raises(InvalidRequestError) as refused:
        Form({"words": text}).text("words", most=10, least=1)
    assert refused.value.param == "words"
    assert "xxx" not in str(refused.value)


@pytest.mark.parametrize("text", ["1970-02-30", "31.01.1970", "today"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    """An empty one is no day."""
    with pytest.raises(InvalidRequestError):
        Form({"born": text}).day("born")
    assert Form({}).day("born") is None
    assert Form({"born": " 1970-01-31 "}).day("born") == date(1970, 1, 31)


def test_the_mark_of_another_session_is_refused() -> None:
    """And none."""
    token = new_token().text
    for form in (Form({}), Form({"csrf": csrf_token(new_token().text).value})):
        with pytest.raises(NotPermittedError):
            refuse_other_session(form, token)
    refuse_other_session(Form({"csrf": csrf_token(token).value}), token)


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9)))
def test_what_the_frame_added_is_no_part_of_what_was_typed(fields: dict[str, str]) -> None:
    """Nor is what is empty; the form does not print its fields."""
    form = Form({**fields, "csrf": "mark", "once": "mark"})
    typed = form.typed()
    assert not {"csrf", "once"} & typed.keys()
    assert all(typed.values())
    assert repr(form) == f"Form({len(form)} fields)"
