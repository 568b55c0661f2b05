"""What is seen of a canary, against moto, which does not enforce its lock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from phiward.adapters.anchors.asking import RefusedError, UnansweredError
from phiward.adapters.anchors.canary import Canary, Ground
from tests.adapters.anchors.buckets import LOCKED


def ground(client: Any, ahead: timedelta = timedelta()) -> Ground:
    """Under a lock of a minute; our clock may be wrong."""
    return Ground(client, LOCKED, "/anchors/", lambda: datetime.now(UTC) + ahead, 60)


def _gone(place: Ground, one: Canary) -> None:
    one.version = "00000000-0000-0000-0000-000000000000"


def _other_bytes(place: Ground, one: Canary) -> None:
    one.body = b"other"


def _shortened(place: Ground, one: Canary) -> None:
    place.retain(one, "COMPLIANCE", one.until - timedelta(seconds=20))


def _downgraded(place: Ground, one: Canary) -> None:
    place.retain(one, "GOVERNANCE", one.until, BypassGovernanceRetention=True)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        pytest.param(lambda place, one: None, "", id="nothing"),
        pytest.param(_gone, "the version is gone", id="deleted"),
        pytest.param(_other_bytes, "its bytes were changed", id="overwritten in place"),
        pytest.param(_shortened, "its retention was shortened", id="shortened"),
        pytest.param(_downgraded, "it is no longer under COMPLIANCE", id="downgraded"),
    ],
)
def test_every_harm_is_seen(client: Any, act: Callable[[Ground, Canary], None], said: str) -> None:
    """By looking, not by the answer."""
    place = ground(client)
    canary = place.put(place.new_key())
    act(place, canary)
    assert place.harm(canary) == said


def test_the_end_of_a_lock_goes_by_the_stores_clock(client: Any) -> None:
    """Ours may be an hour off; a lock that has ended proves nothing."""
    for ahead in (timedelta(hours=-1), timedelta(hours=1)):
        until = ground(client, ahead).until()
        assert timedelta(seconds=55) < until - datetime.now(UTC) <= timedelta(seconds=61)


@pytest.mark.parametrize(("code", "kind"), [("AccessDenied", RefusedError), ("InternalError", UnansweredError)])
def test_what_the_request_for_many_refused_is_no_success(client: Any, code: str, kind: type[Exception]) -> None:
    """It answers 200 all the same."""

    class Many:
        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def delete_objects(self, **_: Any) -> Any:
            return {"Errors": [{"Code": code}]}

    place = ground(Many())
    with pytest.raises(kind):
        place.delete_among_several(place.put(place.new_key()))


def test_a_lock_that_may_not_be_seen_is_not_taken_for_none(client: Any) -> None:
    """The store then leaves it out of the answer; asked for by itself, it is refused."""

    class Blind:
        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def get_object(self, **words: Any) -> Any:
            answer = client.get_object(**words)
            return {name: value for name, value in answer.items() if not name.startswith("ObjectLock")}

        def get_object_retention(self, **_: Any) -> Any:
            error = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
            raise ClientError(error, "GetObjectRetention")

    place = ground(Blind())
    with pytest.raises(RefusedError):
        place.harm(place.put(place.new_key()))


def test_versions_and_markers_are_told_oldest_first_and_markers_are_removed(client: Any) -> None:
    """Of that key alone."""
    place = ground(client)
    first = place.put(place.new_key())
    second = place.put(first.key)
    place.hide(first)
    place.put(f"{first.key}-other")
    versions, markers = place.versions(first.key)
    assert versions == [first.version, second.version]
    assert len(markers) == 1
    place.remove_markers(first.key)
    assert place.versions(first.key) == (versions, [])
    assert first.key.startswith("anchors/_probe/")
