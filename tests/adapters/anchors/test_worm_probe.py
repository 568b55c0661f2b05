"""The probe of a locked bucket, against a fake that enforces some of the lock: moto proves nothing about Object Lock.

The real store is in tests/worm.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from phiward.adapters.anchors.canary import FOLDER
from phiward.adapters.anchors.probe_report import Probe, Verdict
from phiward.adapters.anchors.worm_probe import Prober
from tests.adapters.anchors.buckets import LOCKED, PLAIN

FORBIDDEN = {
    "delete", "delete_bypass", "delete_many", "shorten", "shorten_bypass", "downgrade", "suspend", "hold", "overwrite",
    "delete_key", "delete_bucket", "read_oldest",
}  # fmt: skip


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


def probe(client: Any, bucket: str = LOCKED) -> Probe:
    """A whole one."""
    return Prober(client, bucket, "anchors", now).run()


def verdicts(found: Probe) -> dict[str, Verdict]:
    """Of each step; the last one of a name."""
    return {step.code: step.verdict for step in found.steps}


class Meddled:
    """A client of which some calls are answered otherwise."""

    def __init__(self, client: Any, **instead: Callable[..., Any]) -> None:
        self._client, self._instead = client, instead

    def __getattr__(self, name: str) -> Any:
        return self._instead.get(name) or getattr(self._client, name)


def refuses(status: int = 403, code: str = "AccessDenied") -> Callable[..., Any]:
    """A store that says no."""

    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Act")

    return refuse


def silent(**_: Any) -> Any:
    """A store that is not there."""
    raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


@pytest.fixture
def holding(client: Any) -> Any:
    """The fake, with what it lets through refused: a stand-in for a store that keeps its word."""
    real = client.put_object_retention

    def retain(**words: Any) -> Any:
        now_until = client.get_object(Bucket=words["Bucket"], Key=words["Key"], VersionId=words["VersionId"])
        wanted = words["Retention"]
        if wanted["Mode"] != "COMPLIANCE" or wanted["RetainUntilDate"] < now_until["ObjectLockRetainUntilDate"]:
            return refuses()()
        return real(**words)

    def version(**words: Any) -> Any:
        if words["VersioningConfiguration"]["Status"] != "Enabled":
            return refuses(409, "InvalidBucketState")()
        return client.put_bucket_versioning(**words)

    return Meddled(client, put_object_retention=retain, put_bucket_versioning=version)


def test_moto_is_a_fake_that_proves_nothing_about_object_lock_and_is_reported_as_such(client: Any) -> None:
    """It lets a lock be shortened and downgraded, and versioning be suspended: a store like it must not pass."""
    found = probe(client)
    assert found.holds is False
    seen = verdicts(found)
    for code in ("shorten", "downgrade", "suspend"):
        assert seen[code] is Verdict.BROKEN, found.steps
    assert "suspend versioning" in found.allowed


def test_versioning_that_the_fake_let_us_suspend_is_enabled_again(client: Any) -> None:
    """The probe leaves the bucket as it was."""
    found = probe(client)
    assert verdicts(found)["suspend"] is Verdict.BROKEN
    assert client.get_bucket_versioning(Bucket=LOCKED)["Status"] == "Enabled"
    assert found.warnings == []


def test_versioning_that_cannot_be_enabled_again_is_a_warning(client: Any) -> None:
    """Somebody must do it by hand; the credentials were taken away in between."""

    def once(**words: Any) -> Any:
        if words["VersioningConfiguration"]["Status"] == "Enabled" and suspended:
            return refuses()()
        if words["VersioningConfiguration"]["Status"] == "Suspended":
            suspended.append(True)
        return client.put_bucket_versioning(**words)

    suspended: list[bool] = []
    found = probe(Meddled(client, put_bucket_versioning=once))
    assert any("Versioning may still be suspended" in text for text in found.warnings)
    client.put_bucket_versioning(Bucket=LOCKED, VersioningConfiguration={"Status": "Enabled"})


@pytest.mark.parametrize(
    ("bucket", "reason"),
    [pytest.param(PLAIN, "no Object Lock", id="not locked"), pytest.param("nothing-here", "not there", id="no bucket")],
)
def test_a_bucket_without_a_lock_cannot_be_told_and_nothing_is_put_in_it(client: Any, bucket: str, reason: str) -> None:
    """Nothing was promised there."""
    found = probe(client, bucket)
    assert found.holds is None
    assert [step.code for step in found.steps] == ["access"]
    assert reason in found.steps[0].happened
    assert found.remains == []


def test_a_store_that_does_not_answer_cannot_be_told(client: Any) -> None:
    """No answer is no refusal."""
    assert probe(Meddled(client, get_object_lock_configuration=silent)).holds is None


def test_every_act_is_tried_and_a_store_that_keeps_its_word_holds(holding: Any) -> None:
    """None is left out."""
    found = probe(holding)
    assert found.holds is True, found.steps
    assert verdicts(found).keys() >= FORBIDDEN
    assert found.allowed == ()


@pytest.mark.parametrize(
    ("call", "control", "untold"),
    [
        pytest.param("delete_object", "control_delete", {"delete", "delete_bypass"}, id="may not delete"),
        pytest.param("put_object_retention", "control_retention", {"shorten", "downgrade"}, id="may not retain"),
        pytest.param("put_bucket_versioning", "control_versioning", {"suspend"}, id="may not set versioning"),
    ],
)
def test_a_refusal_to_credentials_that_may_do_nothing_proves_nothing(
    holding: Any, call: str, control: str, untold: set[str]
) -> None:
    """The application's own credentials would pass any bucket."""
    found = probe(Meddled(holding, **{call: refuses()}))
    seen = verdicts(found)
    assert seen[control] is Verdict.NOTED
    assert {seen[code] for code in untold} == {Verdict.UNTOLD}
    assert found.holds is None


def _deleting(client: Any) -> Callable[..., Any]:
    """A store that says no and deletes all the same."""

    def delete(**words: Any) -> Any:
        if "VersionId" in words and "BypassGovernanceRetention" not in words:
            gone.add(words["VersionId"])
            return refuses()()
        return client.delete_object(**words)

    def get(**words: Any) -> Any:
        return refuses(404, "NoSuchVersion")() if words.get("VersionId") in gone else client.get_object(**words)

    gone: set[str] = set()
    return lambda: Meddled(client, delete_object=delete, get_object=get)


def test_the_answer_alone_is_not_believed(holding: Any) -> None:
    """The store refuses, and the version is gone."""
    found = probe(_deleting(holding)())
    step = next(step for step in found.steps if step.code == "delete")
    assert (step.verdict, step.happened) == (Verdict.BROKEN, "refused (403 AccessDenied); the version is gone")
    assert found.holds is False


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(silent, "no answer (EndpointConnectionError)", id="no connection"),
        pytest.param(refuses(503, "SlowDown"), "no answer (HTTP status 503)", id="a failure of its own"),
    ],
)
def test_no_answer_is_no_refusal(holding: Any, answer: Callable[..., Any], said: str) -> None:
    """The next try may succeed."""
    found = probe(Meddled(holding, delete_objects=answer))
    step = next(step for step in found.steps if step.code == "delete_many")
    assert (step.verdict, step.happened) == (Verdict.UNTOLD, said)
    assert found.holds is None


def test_a_canary_whose_time_ran_out_tells_nothing(holding: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After it a deletion is allowed to anyone."""
    import phiward.adapters.anchors.canary as module

    class Hurried:
        passed = 0.0

        @classmethod
        def monotonic(cls) -> float:
            cls.passed += 25.0
            return cls.passed

    monkeypatch.setattr(module, "time", Hurried)
    found = probe(holding)
    assert Verdict.UNTOLD in verdicts(found).values()
    assert any("time ran out" in step.happened for step in found.steps)
    assert found.holds is None


def test_a_newer_version_that_the_store_lists_as_the_oldest_is_seen(holding: Any) -> None:
    """Oldest wins only where the order can be relied on."""

    def listed(**words: Any) -> Any:
        page = holding.list_object_versions(**words)
        return {**page, "Versions": page.get("Versions", [])[::-1]}

    found = probe(Meddled(holding, list_object_versions=listed))
    assert verdicts(found)["read_oldest"] is Verdict.BROKEN


def test_what_remains_is_named_and_is_not_where_checkpoints_are(holding: Any, client: Any) -> None:
    """Every canary and what was put on top; the marker is taken away, so that they are seen."""
    found = probe(holding)
    assert all(one.key.startswith(f"anchors/{FOLDER}/") and one.until > now() for one in found.remains)
    page = client.list_object_versions(Bucket=LOCKED)
    ours = {one.version for one in found.remains}
    assert ours <= {one["VersionId"] for one in page["Versions"]}
    assert not any(one["Key"] in {left.key for left in found.remains} for one in page.get("DeleteMarkers", ()))


def test_a_store_without_legal_holds_is_noted_and_not_failed(holding: Any) -> None:
    """They are no part of the promise."""
    found = probe(Meddled(holding, put_object_legal_hold=refuses(501, "NotImplemented")))
    assert verdicts(found)["hold"] is Verdict.NOTED
    assert found.holds is True


def test_a_legal_hold_that_cannot_be_removed_is_a_warning(holding: Any) -> None:
    """It would keep the canary for good."""

    def hold(**words: Any) -> Any:
        return refuses()() if words["LegalHold"]["Status"] == "OFF" else None

    found = probe(Meddled(holding, put_object_legal_hold=lambda **words: hold(**words) or {}))
    assert any("legal hold" in text for text in found.warnings)
