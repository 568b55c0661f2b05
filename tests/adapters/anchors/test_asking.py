"""What a store refused is told apart from what never got an answer, and nothing that it said is repeated."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from phiward.adapters.anchors.asking import RefusedError, UnansweredError, asked


def failing(status: Any, code: str = "AccessDenied") -> Callable[..., Any]:
    """A call that the store answers so."""

    def call(**_: Any) -> Any:
        error = {"Code": code, "Message": "zebedee quillfeather"}
        raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}, "Act")

    return call


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 501])
def test_a_refusal_carries_its_status_and_code_alone(status: int) -> None:
    """501 is a store that does not know the act."""
    with pytest.raises(RefusedError) as refused:
        asked(failing(status))
    assert (refused.value.status, refused.value.code, str(refused.value)) == (
        status,
        "AccessDenied",
        f"HTTP status {status}",
    )
    assert refused.value.__cause__ is None


def test_a_code_that_is_none_is_not_repeated() -> None:
    """It comes from outside."""
    with pytest.raises(RefusedError) as refused:
        asked(failing(403, "zebedee quillfeather"))
    assert refused.value.code == ""


@pytest.mark.parametrize("status", [500, 503, 200, 301, None, "403"])
def test_a_failure_of_the_stores_own_is_no_refusal(status: Any) -> None:
    """200 with an error inside is one as well."""
    with pytest.raises(UnansweredError) as silent:
        asked(failing(status))
    assert "zebedee" not in str(silent.value)


def test_a_silence_is_said_by_its_kind() -> None:
    """The address is not repeated."""

    def call(**_: Any) -> Any:
        raise ReadTimeoutError(endpoint_url="http://zebedee.example")

    with pytest.raises(UnansweredError) as silent:
        asked(call)
    assert str(silent.value) == "ReadTimeoutError"


def test_an_answer_is_given_on() -> None:
    """With the words of the call."""
    assert asked(lambda **words: words, Bucket="x") == {"Bucket": "x"}
